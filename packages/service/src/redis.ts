// Chooses the queue of this service: the Redis that was named, a private one where a server program is found, else the queue in this
// process with a note that only its own agents can take work. Owns what it opened and closes it again.
import { join } from 'node:path';
import { CellfarmError } from '@cellfarm/protocol';
import { findRedisServer, openBullmqQueue, openMemoryQueue, startPrivateRedis } from '@cellfarm/queue';
import type { LeaseQueue } from '@cellfarm/queue';
import { withoutPassword } from './log.js';
import type { Log } from './log.js';

/** `auto`: `CELLFARM_REDIS_URL`, else private, else memory. `given`: the caller's own queue, which the caller closes. */
export type QueueChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'redis'; readonly address: string }
  | { readonly type: 'private' }
  | { readonly type: 'memory' }
  | { readonly type: 'given'; readonly queue: LeaseQueue };

export interface OpenedQueue {
  readonly queue: LeaseQueue;
  /** What agents connect to; null for a queue of this process. */
  readonly address: string | null;
  /** What users should know about the choice; null when there is nothing. */
  readonly note: string | null;
  close(): Promise<void>;
}

export interface QueueSurroundings {
  /** Folder of this service process. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

const MEMORY_NOTE = 'there is no Redis: only agents in this process can take work';

/** Throws C5002 when Redis cannot be reached and C5003 when its memory policy loses work. */
export async function openQueue(choice: QueueChoice, around: QueueSurroundings): Promise<OpenedQueue> {
  switch (choice.type) {
    case 'given':
      return { queue: choice.queue, address: null, note: null, close: () => Promise.resolve() };
    case 'memory':
      return openMemory(null);
    case 'redis':
      return openRedis(choice.address, around);
    case 'private':
      return openPrivate(around);
    case 'auto': {
      const named = around.env['CELLFARM_REDIS_URL'];
      if (named) return openRedis(named, around);
      return findRedisServer() === null ? openMemory(MEMORY_NOTE) : openPrivate(around);
    }
  }
}

function openMemory(note: string | null): OpenedQueue {
  const queue = openMemoryQueue();
  return { queue, address: null, note, close: () => queue.close() };
}

async function openRedis(address: string, { log }: QueueSurroundings): Promise<OpenedQueue> {
  const onError = (error: Error): void => log.warn({ err: error }, 'the queue has trouble');
  try {
    const queue = await openBullmqQueue({ redis: address, onError });
    return { queue, address, note: null, close: () => queue.close() };
  } catch (cause) {
    if (cause instanceof CellfarmError) throw cause;
    const detail = cause instanceof Error ? cause.message : 'unknown';
    throw new CellfarmError('C5002', { address: withoutPassword(address), detail }, { cause });
  }
}

async function openPrivate(around: QueueSurroundings): Promise<OpenedQueue> {
  const { log } = around;
  const onRestart = (detail: string): void => log.warn({ detail }, 'the private Redis is started again');
  const redis = await startPrivateRedis({ directory: join(around.folder, 'redis'), onRestart });
  try {
    const opened = await openRedis(redis.address, around);
    const close = async (): Promise<void> => {
      await opened.close();
      await redis.stop();
    };
    return { ...opened, close };
  } catch (cause) {
    await redis.stop();
    throw cause;
  }
}
