// Gathers what busy shards and workers send for about a millisecond, so that many small results share one turn and one commit. Nothing
// waits while a slot has little in flight: a lone result goes on at once, and so does half of a slot's window.
import type { Frame } from '@cellfarm/protocol';
import type { Slot } from './slots.js';

/** From this many tasks in flight on, a slot can spare the time. */
const BUSY_TASKS = 16;
const GATHER_MS = 1;

interface Gathered {
  readonly slot: Slot;
  readonly frames: readonly Frame[];
}

export class Inbox {
  private gathered: Gathered[] = [];
  private count = 0;
  private timer: NodeJS.Timeout | null = null;

  /** `deliver` gets frames in the order in which they came. */
  constructor(private readonly deliver: (slot: Slot, frames: readonly Frame[]) => void) {}

  /** `inFlight`: tasks that the slot was given and has not answered. */
  take(slot: Slot, frames: readonly Frame[], inFlight: number): void {
    if (this.gathered.length === 0 && inFlight < BUSY_TASKS) {
      this.deliver(slot, frames);
      return;
    }
    this.gathered.push({ slot, frames });
    this.count += frames.length;
    if (this.count >= inFlight / 2) this.empty();
    else this.timer ??= setTimeout(() => this.empty(), GATHER_MS);
  }

  /** Delivers everything now. */
  empty(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const gathered = this.gathered;
    this.gathered = [];
    this.count = 0;
    for (const { slot, frames } of gathered) this.deliver(slot, frames);
  }

  /** Forgets what was not delivered: nobody wants it any more. */
  close(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.gathered = [];
    this.count = 0;
  }
}
