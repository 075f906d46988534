// One BullMQ worker: finds, locks and renews the leases of one queue. How often is decided here: looked for at least
// every second, and never run a second time by BullMQ itself (the journal decides on attempts). Its own closing would
// wait for a Redis that may be away (taskforcesh/bullmq#4656), so it is closed by force once its completions are told.
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { SignedTicket } from '@cellfarm/protocol';
import type { HeldLeases } from '../held-leases.js';
import type { QueueName } from '../lease-queue.js';
import { leaseOf } from '../ticket-lease.js';
import { isLostConnection } from './redis-client.js';

export interface LeaseTimes {
  /** How long a lease is locked without a renewal, ms. */
  readonly lockMs: number;
  readonly renewMs: number;
  /** Time between two looks for leases whose holder is gone, ms. */
  readonly stalledMs: number;
}

export interface LeaseWorkerSetup {
  readonly queue: QueueName;
  /** A connection whose commands wait for Redis. */
  readonly redis: Redis;
  readonly prefix: string;
  readonly concurrency: number;
  readonly times: LeaseTimes;
  readonly onError: (error: Error) => void;
}

/** A blocking read may miss a wake-up that went to a dying worker; this bounds how long that matters. */
const LONGEST_WAIT_SECONDS = 1;
const RETRY_MS = 500;
/** Longest time that Redis gets to hear of settled leases before the connection is let go, ms. */
const TELL_MS = 2_000;

export class LeaseWorker {
  private readonly worker: Worker<SignedTicket, void>;
  /** Leases taken whose end Redis has not heard of. */
  private untold = 0;
  private allTold: () => void = () => undefined;

  constructor(
    private readonly setup: LeaseWorkerSetup,
    readonly held: HeldLeases,
  ) {
    this.worker = new Worker<SignedTicket, void>(setup.queue, ({ data }) => this.process(data), {
      connection: setup.redis,
      prefix: setup.prefix,
      concurrency: setup.concurrency,
      lockDuration: setup.times.lockMs,
      lockRenewTime: setup.times.renewMs,
      stalledInterval: setup.times.stalledMs,
      maxStalledCount: 0,
      drainDelay: LONGEST_WAIT_SECONDS,
      runRetryDelay: RETRY_MS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    this.worker.on('completed', () => this.told());
    this.worker.on('failed', () => this.told());
    this.worker.on('error', (error) => {
      if (!isLostConnection(error)) setup.onError(error);
    });
  }

  /** Takes no further lease. */
  pause(): Promise<void> {
    return this.worker.pause(true);
  }

  /** To be called when nothing is held any more. */
  async close(): Promise<void> {
    if (this.untold > 0 && this.setup.redis.status === 'ready') {
      await Promise.race([new Promise<void>((resolve) => (this.allTold = resolve)), passed(TELL_MS)]);
    }
    await Promise.race([this.worker.close(true), passed(TELL_MS)]);
  }

  private async process(data: unknown): Promise<void> {
    this.untold += 1;
    const ticket = SignedTicket.parse(data);
    await this.held.hold(leaseOf(ticket), ticket);
  }

  private told(): void {
    this.untold = Math.max(0, this.untold - 1);
    if (this.untold === 0) this.allTold();
  }
}

/** Resolves after some milliseconds without keeping the process alive. */
function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
