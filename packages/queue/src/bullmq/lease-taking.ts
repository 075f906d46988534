// An agent's standing wish for leases, over several queues: one worker per queue on one connection of its own. Decides
// the order of an end: no further lease, then the holds, then the workers, then the connection.
import type { Redis } from 'ioredis';
import { HeldLeases } from '../held-leases.js';
import type { Hold, QueueName, TakeOptions, Taking } from '../lease-queue.js';
import { LeaseWorker, type LeaseTimes } from './lease-worker.js';

export interface TakingSetup {
  readonly redis: Redis;
  readonly prefix: string;
  readonly times: LeaseTimes;
  /** Lets the connection go. */
  readonly release: () => void;
}

export function takeLeases(
  queues: readonly QueueName[],
  options: TakeOptions,
  hold: Hold,
  setup: TakingSetup,
): Taking {
  const onError = options.onError ?? (() => undefined);
  const { redis, prefix, times } = setup;
  const { concurrency } = options;
  const workers = queues.map(
    (queue) =>
      new LeaseWorker({ queue, redis, prefix, concurrency, times, onError }, new HeldLeases(hold, onError)),
  );
  let closing: Promise<void> | null = null;

  async function close(): Promise<void> {
    await Promise.all(workers.map((worker) => worker.close()));
    setup.release();
  }

  return {
    get held() {
      return workers.reduce((sum, { held }) => sum + held.size, 0);
    },
    async stop({ drain }) {
      await Promise.all(workers.map((worker) => worker.pause()));
      await Promise.all(workers.map(({ held }) => held.end(drain)));
      closing ??= close();
      await closing;
    },
  };
}
