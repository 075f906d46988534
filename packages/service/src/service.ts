// Puts a service together and takes it apart again: journal, queue, objects, runs, and the HTTP rim over them. Order matters here and
// nothing else is decided.
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { PROTOCOL_VERSION } from '@cellfarm/protocol';
import type { CellfarmError, Endpoint, Health, ServiceAddress } from '@cellfarm/protocol';
import { isDigest, openFileStore } from '@cellfarm/artifacts';
import type { ObjectStore } from '@cellfarm/artifacts';
import { placeSocket } from '@cellfarm/queue';
import type { LeaseQueue } from '@cellfarm/queue';
import { SampleBook } from './devices/sample-book.js';
import { Feeds } from './feed/feeds.js';
import { createApp } from './http/app.js';
import type { AppParts } from './http/app.js';
import { createGuard } from './http/guard.js';
import { listenOnSocket, listenOnTcp } from './http/listen.js';
import { ticketOf } from './http/ticket.js';
import { createUpgrade } from './http/upgrade.js';
import type { Result } from './journal/journal-types.js';
import type { RunJournal } from './journal/run-journal.js';
import { openRunJournal } from './journal/sqlite-run-journal.js';
import { createLog } from './log.js';
import type { Log } from './log.js';
import type { ServiceOptions } from './options.js';
import { openQueue } from './redis.js';
import type { OpenedQueue } from './redis.js';
import { LeaseBook } from './run/lease-book.js';
import { Outbox } from './run/outbox.js';
import type { Entry } from './run/slot-stream.js';
import { Runs } from './run/runs.js';
import { isAlive } from './is-alive.js';
import { signingKey } from './signing-key.js';
import { sweepServices } from './sweep-services.js';

export interface Service {
  readonly address: ServiceAddress;
  /** The port taken where TCP was asked for. */
  readonly tcp: { readonly host: string; readonly port: number } | null;
  /** The queue that agents of this process take from. */
  readonly queue: LeaseQueue;
  /** What the user should know about how this service was set up; null when there is nothing. */
  readonly note: string | null;
  /** Lets go of all runs (another service may go on with them), closes everything and resolves when nothing is left. */
  stop(): Promise<void>;
}

const UNSEALED_AGE_MS = 24 * 3_600_000;
const TOKEN_BYTES = 32;
/** A ticket travels in a header, and the environment of a kernelspec in it. */
const HEADER_BYTES = 65_536;

/** Starts a service. Throws C5002, C5003, C5005, C5007, C5008. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { cellfarmHome } = options;
  const env = options.env ?? process.env;
  const folder = join(cellfarmHome, 'services', String(process.pid));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const logPath = options.logPath === undefined ? join(folder, 'service.log') : options.logPath;
  const log = createLog(logPath);
  const opened = await openQueue(options.queue ?? { type: 'auto' }, { folder, env, log });
  if (opened.note !== null) log.warn(opened.note);
  try {
    return await assemble(options, { env, folder, log, logPath: logPath ?? 'none', opened });
  } catch (cause) {
    await opened.close();
    throw cause;
  }
}

interface Ground {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly log: Log;
  readonly logPath: string;
  readonly opened: OpenedQueue;
}

async function assemble(options: ServiceOptions, ground: Ground): Promise<Service> {
  const { cellfarmHome } = options;
  const { env, folder, log, logPath, opened } = ground;
  const { queue } = opened;
  const key = await signingKey(cellfarmHome);
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  const instance = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const journal = openRunJournal({ path: join(cellfarmHome, 'journal.db'), instance });
  const objects = await openFileStore(join(cellfarmHome, 'objects'));
  const place = placeSocket(options.socketDir ?? folder, 's');
  const now = (): number => Date.now();
  const endpoint: Endpoint = { socket: place.path };
  const leases = new LeaseBook({ queue, key, endpoint, log, now });
  const feeds = new Feeds(journal);
  const outbox = new Outbox<Entry>(journal);
  const surroundings = { journal, objects, leases, outbox, log, logPath, now, usable: usableIn(objects) };
  const { packageFolder, python } = options;
  const samples = new SampleBook({ now, isWorking: () => runs.count > 0 });
  const onLaunch = (): void => samples.begin();
  const places = { cellfarmHome, packageFolder, python, env };
  const runs: Runs = new Runs({ journal, queue, feeds, surroundings, ...places, onLaunch });
  const trouble = watchTrouble(journal, log);
  const guard = createGuard({ token, hosts: options.hosts ?? [], origins: options.origins ?? [] });
  const health = (): Health => healthOf(options.version, queue, runs, trouble());
  const ticketFor: AppParts['ticketFor'] = ({ headers }, lease) => ticketOf(headers, lease, [key], now());
  const work = { guard, runs, feeds, leases, objects, queue, samples };
  const parts: AppParts = { ...work, log, logPath, now, health, ticketFor };
  const connections = new Set<Socket>();
  const servers = [serverFor(parts, connections)];
  await rm(place.path, { force: true });
  await listenOnSocket(servers[0] as Server, place.path);
  const tcp = options.tcp
    ? await listenOnTcp(addServer(servers, serverFor(parts, connections)), options.tcp)
    : null;
  const address: ServiceAddress = {
    pid: process.pid,
    socket: place.path,
    token,
    version: options.version,
    redis: opened.address,
  };
  const swept = Promise.all([
    objects.sweepTemp(UNSEALED_AGE_MS),
    sweepServices(cellfarmHome, isAlive, now()),
    options.resumeInterrupted ? runs.expire() : null,
  ]).catch((cause: unknown) => log.warn({ err: cause }, 'not everything old was removed'));
  log.info({ socket: place.path, tcp, queue: queue.kind }, 'the service is up');
  if (options.resumeInterrupted) await runs.resumeInterrupted();
  const stop = async (): Promise<void> => {
    runs.abandon();
    leases.close();
    feeds.close();
    for (const connection of connections) connection.destroy();
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    journal.close();
    await swept;
    await opened.close();
    await rm(place.path, { force: true });
    place.remove();
    log.info('the service is down');
  };
  return { address, tcp, queue, note: opened.note, stop };
}

function serverFor(parts: AppParts, connections: Set<Socket>): Server {
  const server = createServer({ maxHeaderSize: HEADER_BYTES }, createApp(parts));
  server.on('upgrade', createUpgrade(parts));
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  return server;
}

function addServer(servers: Server[], server: Server): Server {
  servers.push(server);
  return server;
}

/** Inline results are always there; of objects, those that are whole on disk: under their digest, or by a temporary id that leads to it. */
function usableIn(objects: ObjectStore): (result: Result) => boolean {
  return ({ value }) => {
    if (value.type === 'inline') return true;
    const { id } = value.ref;
    const { directory } = objects;
    if (directory === null) return isDigest(id);
    if (isDigest(id)) return existsSync(join(directory, id.slice(0, 2), id));
    return lstatSync(join(directory, 'tmp', id), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  };
}

function watchTrouble(journal: RunJournal, log: Log): () => CellfarmError | null {
  let trouble: CellfarmError | null = null;
  journal.onTrouble((error) => {
    trouble = error;
    if (error) log.error({ err: error }, 'the journal cannot be written');
    else log.info('the journal is written again');
  });
  return () => trouble;
}

function healthOf(version: string, queue: LeaseQueue, runs: Runs, trouble: CellfarmError | null): Health {
  const { state, detail } = queue.state();
  return {
    state: state === 'ok' && trouble === null ? 'ok' : 'degraded',
    version,
    protocol: PROTOCOL_VERSION,
    pid: process.pid,
    queue: { kind: queue.kind, state, detail },
    runs: runs.count,
  };
}
