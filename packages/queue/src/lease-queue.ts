// The contract of the queue, in the domain's words: leases wait by the name of a queue until an agent takes one and
// holds it. What is deliberately not in it: results, retries, priorities, delays, dependencies and truth. A queue may
// forget everything at any time; the service offers again what has no stream yet, and that costs nothing when the
// lease still waits. How tickets are signed is `signed-ticket.ts`; what a lease permits is the agent's matter.
import type { AgentId, AgentInfo, LeaseId, SignedTicket, TargetName } from '@cellfarm/protocol';

/** `target-<name>` for any agent of a target, `agent-<id>` for the one agent. */
export type QueueName = string & { readonly __brand: 'QueueName' };

/** The queue that every agent of `target` takes from. */
export function targetQueue(target: TargetName): QueueName {
  return `target-${target}` as QueueName;
}

/** The queue that only this agent takes from. */
export function agentQueue(agent: AgentId): QueueName {
  return `agent-${agent}` as QueueName;
}

/** A ticket in a queue, waiting or held. */
export interface Lease {
  readonly queue: QueueName;
  readonly id: LeaseId;
}

/** Whether the queue can be reached now; `detail` says why not, or where it is. */
export interface QueueState {
  readonly state: 'ok' | 'down';
  readonly detail: string;
}

/**
 * Holds one lease: settle when the lease is over. `signal` aborts when the taking is stopped without draining; it
 * does not abort while Redis is away or has forgotten the lease, since an open stream says whether a lease is alive. A rejection is reported to `onError` and ends the lease like a settlement.
 */
export type Hold = (ticket: SignedTicket, signal: AbortSignal) => Promise<void>;

export interface TakeOptions {
  /** Leases held at the same time from each of the queues: as many as the agent will hold, spare ones cost latency. */
  readonly concurrency: number;
  /** Told what went wrong around a lease (connection errors, a rejected hold). @default nothing is told */
  readonly onError?: (error: Error) => void;
}

/** An agent's standing wish for leases. */
export interface Taking {
  /** Leases held now. */
  readonly held: number;
  /**
   * Takes no further lease and resolves when none is held. With `drain` the holds end by themselves; without, their
   * signals abort. Calling it again with other options tightens it.
   */
  stop(options: { readonly drain: boolean }): Promise<void>;
}

/** An agent's standing announcement. */
export interface Announcement {
  /** The agent leaves the list at once; without it, it leaves when its time to live has passed. */
  end(): Promise<void>;
}

export interface LeaseQueue {
  readonly kind: 'bullmq' | 'memory';

  /**
   * Puts a ticket into a queue under its lease id. While the lease waits or is held, offering it again changes
   * nothing. Throws CellfarmError C5002 at once when the queue cannot be reached, C5004 when the ticket has no lease.
   */
  offer(queue: QueueName, ticket: SignedTicket): Promise<Lease>;

  /** Takes leases from these queues until stopped; each is held until `hold` settles, and renewed by itself. */
  take(queues: readonly QueueName[], options: TakeOptions, hold: Hold): Taking;

  /** Takes a lease back that waits. One that is held is not touched: it ends when its stream is closed. */
  withdraw(lease: Lease): Promise<void>;

  /** Lists an agent, with a time to live of 15 s that is renewed until the announcement ends. */
  announce(info: AgentInfo): Promise<Announcement>;

  /** Agents announced now, in the order of their ids. */
  agents(): Promise<AgentInfo[]>;

  state(): QueueState;

  /** Calls `listener` on every change of `state()`; returns what ends that. Offer again when it says `ok`. */
  watch(listener: (state: QueueState) => void): () => void;

  /** Stops takings without draining, ends announcements and lets the connection go. */
  close(): Promise<void>;
}
