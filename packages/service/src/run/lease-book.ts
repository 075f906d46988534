// All leases of this service that are not over: draws and signs their tickets, offers them, and offers again what the queue may have
// forgotten, until an agent has opened the stream. Says which run a ticket belongs to.
import { randomBytes } from 'node:crypto';
import { agentQueue, sign, targetQueue } from '@cellfarm/queue';
import type { Lease, LeaseQueue, QueueName } from '@cellfarm/queue';
import type {
  AgentId,
  Endpoint,
  LeaseId,
  Millis,
  ProcessExit,
  SignedTicket,
  Ticket,
} from '@cellfarm/protocol';
import { dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Log } from '../log.js';
import type { RunPlan } from './run-plan.js';
import type { LeaseOffice } from './slots.js';

/** Who a lease belongs to: the coordinator of its run. */
export interface LeaseHolder {
  /** An agent asks for the lease's stream; `accept` answers that it may. Throws C5004. */
  attach(ticket: Ticket, agent: AgentId, socket: Duplex, head: Uint8Array, accept: () => void): void;
  /** How the process of the lease ended. */
  exited(ticket: Ticket, exit: ProcessExit): void;
  /** Nobody took the ticket for `waitedMs`, and no agent of its target is there. */
  noAgent(ticket: Ticket, waitedMs: number): void;
}

interface Entry {
  readonly holder: LeaseHolder;
  readonly ticket: Ticket;
  readonly signed: SignedTicket;
  readonly queue: QueueName;
  readonly since: Millis;
  lease: Lease | null;
  taken: boolean;
}

export interface LeaseBookOptions {
  readonly queue: LeaseQueue;
  readonly key: Uint8Array;
  readonly endpoint: Endpoint;
  readonly log: Log;
  now(): Millis;
}

const LIFE_MS = 24 * 3_600_000;
const OFFER_AGAIN_MS = 2_000;
const PATIENCE_MS = 4_000;

export class LeaseBook {
  private readonly entries = new Map<LeaseId, Entry>();
  private readonly timer: NodeJS.Timeout;
  private readonly unwatch: () => void;

  constructor(private readonly options: LeaseBookOptions) {
    this.timer = setInterval(() => this.check(), OFFER_AGAIN_MS);
    this.timer.unref();
    this.unwatch = options.queue.watch(({ state }) => {
      if (state === 'ok') this.offerAgain();
    });
  }

  /** The office of one run. */
  office(plan: RunPlan, holder: LeaseHolder): LeaseOffice {
    return {
      draw: (wanted) => this.draw(plan, wanted),
      offer: (ticket) => this.offer(ticket, holder),
      taken: (lease) => {
        const entry = this.entries.get(lease);
        if (entry) entry.taken = true;
      },
      end: (lease) => this.end(lease),
    };
  }

  private draw(plan: RunPlan, wanted: Parameters<LeaseOffice['draw']>[0]): Ticket {
    const { interpreter, snapshot, run } = plan;
    return {
      version: 1,
      lease: `l-${randomBytes(8).toString('hex')}` as LeaseId,
      run,
      python: [...interpreter.argv],
      cwd: dirname(snapshot.path),
      env: { ...interpreter.env },
      endpoint: this.options.endpoint,
      expires: this.options.now() + LIFE_MS,
      ...wanted,
    };
  }

  private offer(ticket: Ticket, holder: LeaseHolder): void {
    const entry: Entry = {
      holder,
      ticket,
      signed: sign(ticket, this.options.key),
      queue: ticket.agent === null ? targetQueue(ticket.target) : agentQueue(ticket.agent),
      since: this.options.now(),
      lease: null,
      taken: false,
    };
    this.entries.set(ticket.lease, entry);
    this.put(entry);
  }

  private put(entry: Entry): void {
    this.options.queue.offer(entry.queue, entry.signed).then(
      (lease) => {
        entry.lease = lease;
        if (this.entries.get(entry.ticket.lease) !== entry && !entry.taken) this.withdraw(lease);
      },
      (cause: unknown) =>
        this.options.log.warn({ err: cause, lease: entry.ticket.lease }, 'a ticket waits for the queue'),
    );
  }

  private withdraw(lease: Lease): void {
    this.options.queue.withdraw(lease).catch((cause: unknown) => {
      this.options.log.warn({ err: cause, lease: lease.id }, 'a ticket could not be taken back');
    });
  }

  private end(lease: LeaseId): void {
    const entry = this.entries.get(lease);
    this.entries.delete(lease);
    if (entry?.lease && !entry.taken) this.withdraw(entry.lease);
  }

  /** Offering twice is one lease, so this costs nothing when the queue has not forgotten. */
  private offerAgain(): void {
    for (const entry of this.entries.values()) if (!entry.taken) this.put(entry);
  }

  private check(): void {
    this.offerAgain();
    const late = [...this.entries.values()].filter(
      (entry) => !entry.taken && this.waited(entry) > PATIENCE_MS,
    );
    if (late.length === 0) return;
    this.options.queue.agents().then(
      (agents) => {
        const served = new Set(agents.flatMap((agent) => agent.targets));
        for (const entry of late) {
          if (!entry.taken && !served.has(entry.ticket.target))
            entry.holder.noAgent(entry.ticket, this.waited(entry));
        }
      },
      (cause: unknown) => this.options.log.warn({ err: cause }, 'the queue does not list its agents'),
    );
  }

  private waited(entry: Entry): number {
    return this.options.now() - entry.since;
  }

  /** The run that a genuine ticket belongs to; undefined when its lease is over. */
  holderOf(ticket: Ticket): LeaseHolder | undefined {
    const entry = this.entries.get(ticket.lease);
    return entry?.ticket.nonce === ticket.nonce ? entry.holder : undefined;
  }

  close(): void {
    clearInterval(this.timer);
    this.unwatch();
    for (const lease of [...this.entries.keys()]) this.end(lease);
  }
}
