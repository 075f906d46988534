// The queue of a run without Redis: leases wait in this process, so that only agents of this process can take them.
// Decides nothing but who is served first (the oldest lease, the oldest taking). Everything is gone with the process,
// which the contract allows.
import type { AgentId, AgentInfo, LeaseId, SignedTicket } from '@cellfarm/protocol';
import type {
  Announcement,
  Hold,
  Lease,
  LeaseQueue,
  QueueName,
  QueueState,
  TakeOptions,
  Taking,
} from '../lease-queue.js';
import { leaseOf } from '../ticket-lease.js';
import { HeldLeases } from '../held-leases.js';

interface Taker {
  readonly options: TakeOptions;
  readonly held: ReadonlyMap<QueueName, HeldLeases>;
}

const STATE: QueueState = { state: 'ok', detail: 'in this process' };

class MemoryLeaseQueue implements LeaseQueue {
  readonly kind = 'memory';
  private readonly waiting = new Map<QueueName, Map<LeaseId, SignedTicket>>();
  private readonly takers = new Set<Taker>();
  private readonly takings = new Set<Taking>();
  private readonly announced = new Map<AgentId, AgentInfo>();

  offer(queue: QueueName, ticket: SignedTicket): Promise<Lease> {
    return settled(() => {
      const id = leaseOf(ticket);
      if (!this.isHeld(queue, id)) this.waitingIn(queue).set(id, ticket);
      queueMicrotask(() => this.serve(queue));
      return { queue, id };
    });
  }

  take(queues: readonly QueueName[], options: TakeOptions, hold: Hold): Taking {
    const held = new Map(queues.map((queue) => [queue, new HeldLeases(hold, options.onError)]));
    const taker: Taker = { options, held };
    const all = [...held.values()];
    const taking: Taking = {
      get held() {
        return all.reduce((sum, leases) => sum + leases.size, 0);
      },
      stop: async ({ drain }) => {
        this.takers.delete(taker);
        await Promise.all(all.map((leases) => leases.end(drain)));
        this.takings.delete(taking);
      },
    };
    this.takers.add(taker);
    this.takings.add(taking);
    queueMicrotask(() => queues.forEach((queue) => this.serve(queue)));
    return taking;
  }

  withdraw(lease: Lease): Promise<void> {
    this.waiting.get(lease.queue)?.delete(lease.id);
    return Promise.resolve();
  }

  announce(info: AgentInfo): Promise<Announcement> {
    this.announced.set(info.agent, info);
    const end = (): Promise<void> => {
      if (this.announced.get(info.agent) === info) this.announced.delete(info.agent);
      return Promise.resolve();
    };
    return Promise.resolve({ end });
  }

  agents(): Promise<AgentInfo[]> {
    return Promise.resolve([...this.announced.values()].sort((a, b) => (a.agent < b.agent ? -1 : 1)));
  }

  state(): QueueState {
    return STATE;
  }

  watch(): () => void {
    return () => undefined;
  }

  async close(): Promise<void> {
    await Promise.all([...this.takings].map((taking) => taking.stop({ drain: false })));
    this.waiting.clear();
    this.announced.clear();
  }

  /** Gives waiting leases to takers with room. */
  private serve(queue: QueueName): void {
    for (const [id, ticket] of this.waitingIn(queue)) {
      const leases = this.leasesWithRoom(queue);
      if (!leases) return;
      this.waitingIn(queue).delete(id);
      void leases.hold(id, ticket).then(() => this.serve(queue));
    }
  }

  private leasesWithRoom(queue: QueueName): HeldLeases | undefined {
    for (const { options, held } of this.takers) {
      const leases = held.get(queue);
      if (leases && leases.size < options.concurrency) return leases;
    }
    return undefined;
  }

  private isHeld(queue: QueueName, id: LeaseId): boolean {
    return [...this.takers].some(({ held }) => held.get(queue)?.has(id));
  }

  private waitingIn(queue: QueueName): Map<LeaseId, SignedTicket> {
    const known = this.waiting.get(queue);
    if (known) return known;
    const leases = new Map<LeaseId, SignedTicket>();
    this.waiting.set(queue, leases);
    return leases;
  }
}

/** A synchronous answer as a promise; what it throws rejects. */
function settled<T>(answer: () => T): Promise<T> {
  return new Promise((resolve) => resolve(answer()));
}

/** A queue within this process. */
export function openMemoryQueue(): LeaseQueue {
  return new MemoryLeaseQueue();
}
