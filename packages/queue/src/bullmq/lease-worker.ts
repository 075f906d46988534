// One BullMQ worker: finds, locks and renews the leases of one queue. How often is decided here: looked for at least
// every second, and never run a second time by BullMQ itself (the journal decides on attempts). Its own closing would
// wait for ever for a Redis that is away, so it is closed by force once its completions are told.
import { WaitingError, Worker, type Job } from 'bullmq';
import { setImmediate as nextTurn } from 'node:timers/promises';
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

  constructor(
    private readonly setup: LeaseWorkerSetup,
    readonly held: HeldLeases,
  ) {
    this.worker = new Worker<SignedTicket, void>(setup.queue, (job, token) => this.process(job, token), {
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
    this.worker.on('error', (error) => {
      if (!isLostConnection(error) && !isForgotten(error)) setup.onError(error);
    });
  }

  /** Takes no further lease. */
  pause(): Promise<void> {
    return this.worker.pause(true);
  }

  /** To be called when nothing is held any more. */
  async close(): Promise<void> {
    if (this.setup.redis.status === 'ready') await Promise.race([this.endsAreTold(), passed(TELL_MS)]);
    await Promise.race([this.worker.close(true), passed(TELL_MS)]);
  }

  /** A blocking read that was under way when the taking stopped may still bring a lease: it goes back. */
  private async process(job: Job<SignedTicket, void>, token: string | undefined): Promise<void> {
    if (this.worker.isPaused()) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const ticket = SignedTicket.parse(job.data);
    await this.held.hold(leaseOf(ticket), ticket);
  }

  /** The ends of leases go out in this turn, on the connection whose answers come in the order of the questions. */
  private async endsAreTold(): Promise<void> {
    await nextTurn();
    await this.setup.redis.ping();
  }
}

/** Redis was flushed, or lost what it had, while the lease was held: its end needs no telling. */
function isForgotten(error: Error): boolean {
  return /^Missing (key|lock) for job/.test(error.message) || /^could not renew lock/.test(error.message);
}

/** Resolves after some milliseconds without keeping the process alive. */
function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
