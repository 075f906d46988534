// Says what a command waits for where that takes longer than people wait without wondering.
import type { RunEvent } from '@cellfarm/protocol';

/** Time before the first word, and between the words after it, ms. */
const PATIENCE_MS = 2000;
const AGAIN_MS = 10_000;

/** A run is set up, or over, when one of these happens. */
const SET_UP: ReadonlySet<RunEvent['type']> = new Set(['cell.started', 'run.finished']);

export class Waiting {
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly tell: (line: string) => void) {}

  /** From now on it waits for this, and no longer for what was before. */
  on(what: string): void {
    this.end();
    const since = performance.now();
    const later = (delay: number): void => {
      this.timer = setTimeout(() => {
        this.tell(`waiting for ${what} (${Math.round((performance.now() - since) / 1000)} s)`);
        later(AGAIN_MS);
      }, delay).unref();
    };
    later(PATIENCE_MS);
  }

  /** From now on it waits for the notebook's process, until `seen` says that this is there. */
  onHome(): void {
    this.on('home, the process of the notebook, to be ready');
  }

  seen({ type }: RunEvent): void {
    if (SET_UP.has(type)) this.end();
  }

  end(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }
}
