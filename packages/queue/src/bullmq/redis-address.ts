// Reads the address of a Redis as people and `cellfarm` itself write it, and prints it without its password. Knows the
// forms; whether anything answers there is `redis-client.ts`.
import { CellfarmError } from '@cellfarm/protocol';

/** Where a Redis is: what ioredis connects to, and a text without secrets for messages and logs. */
export interface RedisAddress {
  readonly connection: RedisConnectionOptions;
  readonly text: string;
}

interface RedisConnectionOptions {
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls?: Record<string, never>;
}

const DEFAULT_PORT = 6379;

/**
 * `redis://[user:password@]host[:port][/db]`, `rediss://…`, `unix:///path/to/socket[?db=n]` or an absolute path.
 * Throws CellfarmError C5002 for anything else.
 */
export function parseRedisAddress(address: string): RedisAddress {
  if (address.startsWith('/')) return { connection: { path: address }, text: `unix://${address}` };
  let url: URL;
  try {
    url = new URL(address);
  } catch (cause) {
    throw unreadable('it is no address such as redis://host:6379 or unix:///path/to/socket', cause);
  }
  switch (url.protocol) {
    case 'redis:':
    case 'rediss:':
      return network(url);
    case 'unix:':
    case 'redis+unix:':
      return socket(url);
    default:
      throw unreadable(`it begins with ${url.protocol}//, not with redis://, rediss:// or unix://`);
  }
}

function network(url: URL): RedisAddress {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1';
  const port = url.port ? Number(url.port) : DEFAULT_PORT;
  const db = url.pathname.length > 1 ? database(url.pathname.slice(1)) : undefined;
  const tls = url.protocol === 'rediss:' ? { tls: {} } : {};
  return {
    connection: { host, port, ...credentials(url), ...(db === undefined ? {} : { db }), ...tls },
    text: `${url.protocol}//${url.hostname}:${port}${db === undefined ? '' : `/${db}`}`,
  };
}

function socket(url: URL): RedisAddress {
  const path = decodeURIComponent(url.pathname);
  if (!path.startsWith('/') || url.hostname) throw unreadable('the path of a socket begins with unix:///');
  const asked = url.searchParams.get('db');
  const db = asked === null ? {} : { db: database(asked) };
  return { connection: { path, ...credentials(url), ...db }, text: `unix://${path}` };
}

function credentials(url: URL): Pick<RedisConnectionOptions, 'username' | 'password'> {
  return {
    ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
    ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
  };
}

function database(text: string): number {
  const db = Number(text);
  if (!Number.isInteger(db) || db < 0) throw unreadable('the database is a number from 0 on');
  return db;
}

/** The address itself is not repeated: it may hold a password. */
function unreadable(detail: string, cause?: unknown): CellfarmError {
  return new CellfarmError('C5002', { address: 'the given address', detail }, { cause });
}
