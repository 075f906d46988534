// The queue on Redis: a lease is a BullMQ job whose id is the lease id, so that offering twice is one job. No retries,
// no results, no flows and no events are used; a finished job leaves nothing behind. Connections are `redis-client.ts`,
// taking is `lease-taking.ts`, the list of agents is `agent-registry.ts`.
import { Queue } from 'bullmq';
import type { AgentId, AgentInfo, SignedTicket } from '@cellfarm/protocol';
import {
  agentQueue,
  type Announcement,
  type Hold,
  type Lease,
  type LeaseQueue,
  type QueueName,
  type QueueState,
  type TakeOptions,
  type Taking,
} from '../lease-queue.js';
import { leaseOf } from '../ticket-lease.js';
import { AgentRegistry } from './agent-registry.js';
import { takeLeases } from './lease-taking.js';
import type { LeaseTimes } from './lease-worker.js';
import { isLostConnection, RedisClient } from './redis-client.js';

export interface BullmqQueueOptions {
  /** `redis://…`, `rediss://…`, `unix:///…` or the absolute path of a socket. */
  readonly redis: string;
  /** What all keys in Redis begin with. @default 'cellfarm' */
  readonly prefix?: string;
  /** How long a lease is locked without a renewal, ms. @default 15000 */
  readonly lockMs?: number;
  /** Time between renewals of a lease, ms. @default 5000 */
  readonly renewMs?: number;
  /** Time between two looks for leases whose holder is gone, ms. @default 5000 */
  readonly stalledMs?: number;
  /** Time to live of an agent's announcement, ms. @default 15000 */
  readonly announcementMs?: number;
  /** Told what went wrong in the background. @default nothing is told */
  readonly onError?: (error: Error) => void;
}

class BullmqLeaseQueue implements LeaseQueue {
  readonly kind = 'bullmq';
  private readonly queues = new Map<QueueName, Queue<SignedTicket>>();
  private readonly takings = new Set<Taking>();
  private readonly registry: AgentRegistry;
  private readonly prefix: string;
  private readonly times: LeaseTimes;
  private readonly onError: (error: Error) => void;

  constructor(
    private readonly client: RedisClient,
    options: BullmqQueueOptions,
  ) {
    this.prefix = options.prefix ?? 'cellfarm';
    this.onError = options.onError ?? (() => undefined);
    this.times = {
      lockMs: options.lockMs ?? 15_000,
      renewMs: options.renewMs ?? 5_000,
      stalledMs: options.stalledMs ?? 5_000,
    };
    this.registry = new AgentRegistry(client.quick, {
      prefix: this.prefix,
      ttlMs: options.announcementMs ?? 15_000,
      onError: (error) => this.onError(client.failure(error)),
      onGone: (agent) => this.clearAfter(agent),
    });
  }

  async offer(queue: QueueName, ticket: SignedTicket): Promise<Lease> {
    const id = leaseOf(ticket);
    try {
      await this.asking(() =>
        this.queueOf(queue).add('lease', ticket, {
          jobId: id,
          attempts: 1,
          removeOnComplete: true,
          removeOnFail: true,
        }),
      );
    } catch (error) {
      this.queues.delete(queue); // BullMQ keeps a first failure to connect for good; the next offer makes another
      throw error;
    }
    return { queue, id };
  }

  take(queues: readonly QueueName[], options: TakeOptions, hold: Hold): Taking {
    const redis = this.client.patient();
    const inner = takeLeases(queues, options, hold, {
      redis,
      prefix: this.prefix,
      times: this.times,
      release: () => this.client.release(redis),
    });
    const taking: Taking = {
      get held() {
        return inner.held;
      },
      stop: async (how) => {
        await inner.stop(how);
        this.takings.delete(taking);
      },
    };
    this.takings.add(taking);
    return taking;
  }

  async withdraw(lease: Lease): Promise<void> {
    await this.asking(() => this.queueOf(lease.queue).remove(lease.id, { removeChildren: false }));
  }

  announce(info: AgentInfo): Promise<Announcement> {
    return this.asking(() => this.registry.announce(info));
  }

  agents(): Promise<AgentInfo[]> {
    return this.asking(() => this.registry.agents());
  }

  state(): QueueState {
    return this.client.state();
  }

  watch(listener: (state: QueueState) => void): () => void {
    return this.client.watch(listener);
  }

  async close(): Promise<void> {
    await Promise.all([...this.takings].map((taking) => taking.stop({ drain: false })));
    if (this.state().state === 'ok') await this.registry.end();
    this.client.close();
  }

  /** An agent's own queue leaves keys in Redis; they go when the agent is gone. */
  private async clearAfter(agent: AgentId): Promise<void> {
    const name = agentQueue(agent);
    await this.queueOf(name).obliterate({ force: true });
    this.queues.delete(name);
  }

  private queueOf(name: QueueName): Queue<SignedTicket> {
    const known = this.queues.get(name);
    if (known) return known;
    const queue = new Queue<SignedTicket>(name, {
      connection: this.client.quick,
      prefix: this.prefix,
      streams: { events: { maxLen: 1 } },
      skipMetasUpdate: true,
      skipWaitingForReady: true,
    });
    queue.on('error', (error) => {
      if (!isLostConnection(error)) this.onError(error);
    });
    this.queues.set(name, queue);
    return queue;
  }

  private async asking<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw this.client.failure(error);
    }
  }
}

/** Throws CellfarmError C5002 when Redis cannot be reached, C5003 when its maxmemory-policy may evict keys. */
export async function openBullmqQueue(options: BullmqQueueOptions): Promise<LeaseQueue> {
  return new BullmqLeaseQueue(await RedisClient.open(options.redis), options);
}
