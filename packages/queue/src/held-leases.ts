// Book-keeping of the leases that one taking holds from one queue: calls `hold`, gives it a signal, turns a rejection
// into a report, and says when none is left. Where leases come from is left to the implementations of the queue.
import type { LeaseId, SignedTicket } from '@cellfarm/protocol';
import type { Hold } from './lease-queue.js';

interface Held {
  readonly abort: AbortController;
  readonly over: Promise<void>;
}

export class HeldLeases {
  private readonly held = new Map<LeaseId, Held>();
  private aborting = false;

  constructor(
    private readonly holder: Hold,
    private readonly onError: (error: Error) => void = () => undefined,
  ) {}

  get size(): number {
    return this.held.size;
  }

  has(id: LeaseId): boolean {
    return this.held.has(id);
  }

  /** Holds a lease until the holder settles; never rejects. A lease that is held already is waited for, not held twice. */
  hold(id: LeaseId, ticket: SignedTicket): Promise<void> {
    const before = this.held.get(id);
    if (before) return before.over;
    const abort = new AbortController();
    if (this.aborting) abort.abort();
    const over = this.holdOnce(ticket, abort.signal).finally(() => this.held.delete(id));
    this.held.set(id, { abort, over });
    return over;
  }

  /** Resolves when nothing is held; without `drain`, signals abort first. */
  async end(drain: boolean): Promise<void> {
    if (!drain) {
      this.aborting = true;
      for (const { abort } of this.held.values()) abort.abort();
    }
    await Promise.all([...this.held.values()].map(({ over }) => over));
  }

  private async holdOnce(ticket: SignedTicket, signal: AbortSignal): Promise<void> {
    try {
      await this.holder(ticket, signal);
    } catch (error) {
      this.onError(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
