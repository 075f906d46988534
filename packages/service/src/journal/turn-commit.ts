// When the journal commits: at the end of a turn of the event loop in which something was collected, then the disk is asked to keep it
// while the loop goes on, then the callbacks in order. What is collected while the disk is busy shares the next commit, so a slow disk
// means larger commits. When anything fails, nothing is forgotten and it is tried again with a growing pause.
import type { CellfarmError } from '@cellfarm/protocol';

const PAUSES_MS = [250, 500, 1_000, 2_000, 5_000];

export interface TurnCommitSetup {
  /** Writes all that is collected in one transaction; false when there is nothing. Throws when nothing of it is written. */
  readonly commit: () => boolean;
  /** Asks the disk to keep what is written; answers later, with the failure or null. */
  readonly sync: (done: (failure: Error | null) => void) => void;
  /** The same at once; throws. */
  readonly syncNow: () => void;
  /** All that is written is on disk. */
  readonly synced: () => void;
  /** A failure in the catalogue's words. */
  readonly told: (cause: unknown) => CellfarmError;
}

type Callback = () => void;

export class TurnCommit {
  /** Number of the commit that what is collected now belongs to. */
  turn = 0;
  /** To be called after the next commit. */
  private callbacks: Callback[] = [];
  /** To be called when the disk has answered; null while it is not asked. */
  private asked: Callback[] | null = null;
  private isWritten = false;
  private wanted = false;
  private immediate: NodeJS.Immediate | null = null;
  private retry: NodeJS.Timeout | null = null;
  private failures = 0;
  private readonly listeners: ((error: CellfarmError | null) => void)[] = [];

  constructor(private readonly setup: TurnCommitSetup) {}

  /** Something was collected. */
  touch(): void {
    this.wanted = true;
    if (this.immediate || this.retry || this.asked) return;
    this.immediate = setImmediate(() => {
      this.immediate = null;
      this.attempt();
    });
  }

  afterCommit(fn: Callback): void {
    this.callbacks.push(fn);
    this.touch();
  }

  onTrouble(listener: (error: CellfarmError | null) => void): void {
    this.listeners.push(listener);
  }

  /** Commits now and calls back; throws when the commit fails. */
  flush(): void {
    this.rest();
    const now = [...this.takeAsked(), ...this.takeCallbacks()];
    try {
      this.write();
      if (this.isWritten) this.setup.syncNow();
    } catch (cause) {
      const error = this.setup.told(cause);
      this.failed(error, now);
      throw error;
    }
    this.succeeded(now);
  }

  /** No further commit happens by itself. */
  rest(): void {
    if (this.immediate) clearImmediate(this.immediate);
    if (this.retry) clearTimeout(this.retry);
    this.immediate = null;
    this.retry = null;
  }

  private attempt(): void {
    const asked = this.takeCallbacks();
    try {
      this.write();
    } catch (cause) {
      this.failed(this.setup.told(cause), asked);
      return;
    }
    if (!this.isWritten) {
      this.succeeded(asked);
      return;
    }
    this.asked = asked;
    this.setup.sync((failure) => this.answered(asked, failure));
  }

  /** The disk has answered. Whoever flushed in between has called back already. */
  private answered(asked: Callback[], failure: Error | null): void {
    if (this.asked !== asked) return;
    this.asked = null;
    if (failure) this.failed(this.setup.told(failure), asked);
    else this.succeeded(asked);
  }

  private write(): void {
    this.wanted = false;
    if (this.setup.commit()) this.isWritten = true;
  }

  /** A commit begins: what is collected or asked for from here on belongs to the next. */
  private takeCallbacks(): Callback[] {
    this.turn += 1;
    const taken = this.callbacks;
    this.callbacks = [];
    return taken;
  }

  private takeAsked(): Callback[] {
    const taken = this.asked ?? [];
    this.asked = null;
    return taken;
  }

  private failed(error: CellfarmError, unanswered: Callback[]): void {
    this.callbacks = [...unanswered, ...this.callbacks];
    const pause = PAUSES_MS[Math.min(this.failures, PAUSES_MS.length - 1)];
    this.failures += 1;
    this.retry = setTimeout(() => {
      this.retry = null;
      this.attempt();
    }, pause);
    for (const listener of this.listeners) listener(error);
  }

  private succeeded(callbacks: Callback[]): void {
    if (this.isWritten) this.setup.synced();
    this.isWritten = false;
    if (this.failures > 0) {
      this.failures = 0;
      for (const listener of this.listeners) listener(null);
    }
    if (this.wanted) this.touch();
    this.callBack(callbacks);
  }

  /** What a callback writes belongs to the next commit. When one throws, the others are still called, next turn. */
  private callBack(now: Callback[]): void {
    let called = 0;
    try {
      for (const fn of now) {
        called += 1;
        fn();
      }
    } finally {
      if (called < now.length) {
        this.callbacks = [...now.slice(called), ...this.callbacks];
        this.touch();
      }
    }
  }
}
