// A Redis of the service's own, for a machine where none was given: redis-server or valkey-server from PATH on a Unix
// socket in a private folder, tied to the service's life and started again with a growing pause when it dies. Its data
// are kept across restarts and never flushed; what is in it is the queue's business.
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CellfarmError } from '@cellfarm/protocol';
import { findRedisServer } from './find-redis-server.js';
import { placeSocket, type SocketPlace } from './socket-folder.js';
import { bestTie, spawnTied, type Tie } from './tied-process.js';

export interface PrivateRedisOptions {
  /** Folder of its data and log, and of its socket where the path is short enough. Made with mode 0700. */
  readonly directory: string;
  /** The program. @default the first of redis-server and valkey-server on PATH */
  readonly server?: string;
  /** How it is tied to this process. @default the best way of this machine */
  readonly tie?: Tie;
  /** Told each time it ended by itself and is started again. @default nothing is told */
  readonly onRestart?: (detail: string) => void;
}

export interface PrivateRedis {
  /** For `openBullmqQueue`: the absolute path of the socket. */
  readonly address: string;
  /** Process id; null while it is being started again. */
  readonly pid: number | null;
  /** Ends it and resolves when it is gone. Its data stay. */
  stop(): Promise<void>;
}

const START_MS = 10_000;
const LOOK_AGAIN_MS = 5;
const STOP_MS = 5_000;
const PAUSES_MS = [0, 250, 1_000, 4_000];
/** A server that lived this long is well again, ms. */
const WELL_MS = 30_000;

class RunningRedis implements PrivateRedis {
  private child: ChildProcess | null = null;
  private stopping = false;
  /** Only a server that answered once is started again by itself. */
  private answered = false;
  private failures = 0;
  private readonly place: SocketPlace;
  private readonly log: string;

  constructor(
    private readonly server: string,
    private readonly options: PrivateRedisOptions,
  ) {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    chmodSync(options.directory, 0o700);
    this.place = placeSocket(options.directory, 'redis.sock');
    this.log = join(options.directory, 'redis.log');
  }

  get address(): string {
    return this.place.path;
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  /** Starts it and resolves when it answers. Throws CellfarmError C5002 with the end of its log when it does not. */
  async start(): Promise<void> {
    const child = this.spawn();
    const until = Date.now() + START_MS;
    while (!(await answers(this.address))) {
      if (this.child !== child) throw this.unreachable('it ended while it started');
      if (Date.now() > until) throw this.unreachable(`it did not answer within ${START_MS} ms`);
      await pause(LOOK_AGAIN_MS);
    }
    this.answered = true;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.child;
    if (child) {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const killing = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await gone;
      clearTimeout(killing);
    }
    this.place.remove();
  }

  private spawn(): ChildProcess {
    const began = Date.now();
    const child = spawnTied(this.server, this.settings(), this.options.tie ?? bestTie());
    this.child = child;
    child.once('error', (error) => this.ended(child, began, error.message));
    child.once('exit', (code, signal) =>
      this.ended(child, began, `it ended with ${signal ?? `code ${code}`}`),
    );
    child.unref();
    return child;
  }

  private settings(): string[] {
    const { directory } = this.options;
    const settings: readonly (readonly [string, string])[] = [
      ['port', '0'],
      ['unixsocket', this.address],
      ['unixsocketperm', '700'],
      ['dir', directory],
      ['logfile', this.log],
      ['appendonly', 'yes'],
      ['save', ''],
      ['maxmemory-policy', 'noeviction'],
      ['daemonize', 'no'],
    ];
    return settings.flatMap(([name, value]) => [`--${name}`, value]);
  }

  private ended(child: ChildProcess, began: number, detail: string): void {
    if (this.child !== child) return;
    this.child = null;
    if (this.stopping || !this.answered) return;
    if (Date.now() - began > WELL_MS) this.failures = 0;
    const wait = PAUSES_MS[Math.min(this.failures, PAUSES_MS.length - 1)] ?? 0;
    this.failures += 1;
    this.options.onRestart?.(detail);
    setTimeout(() => {
      if (!this.stopping) this.spawn();
    }, wait).unref();
  }

  private unreachable(detail: string): CellfarmError {
    const end = lastLines(this.log);
    return new CellfarmError('C5002', { address: this.address, detail: end ? `${detail}: ${end}` : detail });
  }
}

/** Whether a Redis at this socket says PONG; one that still loads its data does not. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => socket.write('PING\r\n'));
    const say = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (bytes) => say(bytes.toString('latin1').startsWith('+PONG')));
    socket.once('error', () => say(false));
    socket.once('close', () => say(false));
  });
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-3).join(' | ');
  } catch {
    return '';
  }
}

/** Starts a private Redis. Throws CellfarmError C5002 when there is no server or it does not start. */
export async function startPrivateRedis(options: PrivateRedisOptions): Promise<PrivateRedis> {
  const server = options.server ?? findRedisServer();
  if (!server) {
    const detail = 'there is no redis-server or valkey-server on PATH';
    throw new CellfarmError('C5002', { address: options.directory, detail });
  }
  const redis = new RunningRedis(server, options);
  try {
    await redis.start();
  } catch (error) {
    await redis.stop();
    throw error;
  }
  return redis;
}
