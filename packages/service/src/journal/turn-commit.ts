// When the journal commits: once at the end of every turn of the event loop in which something was collected, then the
// callbacks of that turn in order. When a commit fails, everything stays as it is and is tried again with a growing
// pause. What a commit consists of is the journal's.
import type { CellfarmError } from '@cellfarm/protocol';

const PAUSES_MS = [250, 500, 1_000, 2_000, 5_000];

export interface TurnCommitSetup {
  /** Writes all that is collected in one transaction; throws when nothing of it is on disk. */
  readonly commit: () => void;
  /** A failure in the catalogue's words. */
  readonly told: (cause: unknown) => CellfarmError;
}

export class TurnCommit {
  private callbacks: (() => void)[] = [];
  private immediate: NodeJS.Immediate | null = null;
  private retry: NodeJS.Timeout | null = null;
  private failures = 0;
  private readonly listeners: ((error: CellfarmError | null) => void)[] = [];

  constructor(private readonly setup: TurnCommitSetup) {}

  /** Something was collected. */
  touch(): void {
    if (this.immediate || this.retry) return;
    this.immediate = setImmediate(() => {
      this.immediate = null;
      this.attempt();
    });
  }

  afterCommit(fn: () => void): void {
    this.callbacks.push(fn);
    this.touch();
  }

  onTrouble(listener: (error: CellfarmError | null) => void): void {
    this.listeners.push(listener);
  }

  /** Commits now and calls back; throws when the commit fails. */
  flush(): void {
    this.rest();
    try {
      this.setup.commit();
    } catch (cause) {
      const error = this.setup.told(cause);
      this.failed(error);
      throw error;
    }
    this.succeeded();
    this.callBack();
  }

  /** No further commit happens by itself. */
  rest(): void {
    if (this.immediate) clearImmediate(this.immediate);
    if (this.retry) clearTimeout(this.retry);
    this.immediate = null;
    this.retry = null;
  }

  private attempt(): void {
    try {
      this.setup.commit();
    } catch (cause) {
      this.failed(this.setup.told(cause));
      return;
    }
    this.succeeded();
    this.callBack();
  }

  private failed(error: CellfarmError): void {
    const pause = PAUSES_MS[Math.min(this.failures, PAUSES_MS.length - 1)];
    this.failures += 1;
    this.retry = setTimeout(() => {
      this.retry = null;
      this.attempt();
    }, pause);
    for (const listener of this.listeners) listener(error);
  }

  private succeeded(): void {
    if (this.failures === 0) return;
    this.failures = 0;
    for (const listener of this.listeners) listener(null);
  }

  /** What a callback writes belongs to the next commit. When one throws, the others are still called, next turn. */
  private callBack(): void {
    const now = this.callbacks;
    this.callbacks = [];
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
