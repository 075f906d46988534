// The service's log: JSON lines to services/<pid>/service.log. Tokens, tickets and nonces are cut out wherever they may stand.
import { pino } from 'pino';
import type { Logger } from 'pino';

export type Log = Logger;

const SECRETS = ['token', 'nonce', 'mac', 'key', 'authorization', 'password'];
const REDACTED = [
  ...SECRETS,
  ...SECRETS.map((name) => `*.${name}`),
  'headers["x-cellfarm-ticket"]',
  '*.headers["x-cellfarm-ticket"]',
];

/** `path` null: no log at all, for tests and embedding. */
export function createLog(path: string | null): Log {
  if (path === null) return pino({ enabled: false });
  const options = {
    base: { part: 'service', pid: process.pid },
    redact: { paths: REDACTED, censor: '[cut]' },
  };
  return pino(options, pino.destination({ dest: path, sync: true, mode: 0o600 }));
}

/** An address with the password of its URL cut out, for logs and messages. */
export function withoutPassword(address: string): string {
  return address.replace(/^(\w+:\/\/[^:@/]*):.*@/, '$1:***@');
}
