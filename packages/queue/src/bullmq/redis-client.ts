// The connections to one Redis: a quick one that answers or fails at once, and a patient one for what waits there. It
// refuses a Redis that cannot be reached or that may evict keys, and tells whether Redis answers now. What is kept in
// Redis is not known here.
import { Redis, type RedisOptions } from 'ioredis';
import { CellfarmError } from '@cellfarm/protocol';
import type { QueueState } from '../lease-queue.js';
import { parseRedisAddress, type RedisAddress } from './redis-address.js';

/** Longest time that a command on the quick connection may take, ms. */
const COMMAND_MS = 2_000;
const PROBE_EVERY_MS = 5_000;
const SLOWEST_RECONNECT_MS = 1_000;

/** Remembers its duplicates, which BullMQ makes for blocking reads, so that they can be let go whatever their state. */
class PatientRedis extends Redis {
  private readonly copies: Redis[] = [];

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const copy = super.duplicate(override);
    copy.on('error', () => undefined);
    this.copies.push(copy);
    return copy;
  }

  override disconnect(reconnect = false): void {
    if (!reconnect) for (const copy of this.copies) copy.disconnect();
    super.disconnect(reconnect);
  }
}

export class RedisClient {
  /** Fails at once while Redis is away, and after 2 s when it is silent. */
  readonly quick: Redis;
  private known: QueueState;
  private readonly listeners = new Set<(state: QueueState) => void>();
  private readonly patientOnes: PatientRedis[] = [];
  private probe: NodeJS.Timeout | null = null;

  private constructor(private readonly address: RedisAddress) {
    this.known = { state: 'down', detail: `connecting to ${address.text}` };
    this.quick = new Redis({
      ...address.connection,
      ...COMMON,
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: COMMAND_MS,
      connectTimeout: COMMAND_MS,
    });
    this.quick.on('error', (error: Error) => this.learn({ state: 'down', detail: error.message }));
    this.quick.on('close', () =>
      this.learn({ state: 'down', detail: `no connection to ${this.address.text}` }),
    );
    this.quick.on('ready', () => void this.learnWhetherItAnswers());
  }

  /** Throws CellfarmError C5002 within about 2 s when nothing answers, C5003 when keys may be evicted. */
  static async open(address: string): Promise<RedisClient> {
    const client = new RedisClient(parseRedisAddress(address));
    try {
      await client.connectOnce();
      await client.refuseEviction();
    } catch (error) {
      client.close();
      throw error;
    }
    client.probe = setInterval(() => void client.learnWhetherItAnswers(), PROBE_EVERY_MS);
    client.probe.unref();
    return client;
  }

  /** The address without its password. */
  get text(): string {
    return this.address.text;
  }

  /** A connection whose commands wait for Redis to come back. */
  patient(): Redis {
    const redis = new PatientRedis({ ...this.address.connection, ...COMMON, maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
    this.patientOnes.push(redis);
    return redis;
  }

  /** Lets a patient connection and its duplicates go. */
  release(redis: Redis): void {
    const at = this.patientOnes.findIndex((one) => one === redis);
    if (at >= 0) this.patientOnes.splice(at, 1);
    redis.disconnect();
  }

  state(): QueueState {
    return this.known;
  }

  watch(listener: (state: QueueState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** What went wrong on the quick connection, in the catalogue's words. */
  failure(cause: unknown): CellfarmError {
    if (cause instanceof CellfarmError) return cause;
    const detail = cause instanceof Error ? cause.message : String(cause);
    return new CellfarmError('C5002', { address: this.address.text, detail: plain(detail) }, { cause });
  }

  close(): void {
    if (this.probe) clearInterval(this.probe);
    this.listeners.clear();
    for (const redis of this.patientOnes) redis.disconnect();
    this.quick.disconnect();
  }

  private async connectOnce(): Promise<void> {
    const failed = new Promise<never>((_, reject) => {
      this.quick.once('error', reject);
      const silent = setTimeout(() => reject(new Error(`no answer within ${COMMAND_MS} ms`)), COMMAND_MS);
      this.quick.once('ready', () => clearTimeout(silent));
    });
    try {
      await Promise.race([this.quick.connect(), failed]);
    } catch (cause) {
      throw this.failure(cause);
    }
  }

  private async refuseEviction(): Promise<void> {
    let policy: string;
    try {
      policy = await this.policy();
    } catch (cause) {
      throw this.failure(cause);
    }
    if (policy !== 'noeviction') throw new CellfarmError('C5003', { address: this.address.text, policy });
    this.learn({ state: 'ok', detail: this.address.text });
  }

  private async policy(): Promise<string> {
    const memory = await this.quick.info('memory');
    return /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'noeviction';
  }

  /** After a reconnect and every few seconds: a silent Redis is as good as none, an evicting one is worse. */
  private async learnWhetherItAnswers(): Promise<void> {
    try {
      await this.refuseEviction();
    } catch (error) {
      this.learn({ state: 'down', detail: error instanceof Error ? error.message : String(error) });
    }
  }

  private learn(state: QueueState): void {
    const changed = state.state !== this.known.state;
    this.known = state;
    if (changed) for (const listener of this.listeners) listener(state);
  }
}

const COMMON = {
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 10), SLOWEST_RECONNECT_MS),
  autoResubscribe: false,
  disableClientInfo: true,
} satisfies RedisOptions;

/** `state` and `watch` tell of lost connections; BullMQ would tell of every attempt to come back. */
export function isLostConnection(error: Error): boolean {
  return 'syscall' in error || error.message === 'Connection is closed.';
}

/** ioredis speaks of its own options; people want to hear what is the matter. */
function plain(detail: string): string {
  return detail.includes('enableOfflineQueue') ? 'there is no connection now' : detail;
}
