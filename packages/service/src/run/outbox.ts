// Holds what is to be written to streams until the turn's commit is on disk, then writes each stream once. So nothing outside sees an
// effect before its journal entry, and many small frames cost one write.

interface Flushable {
  flush(): void;
}

export class Outbox {
  private readonly waiting = new Set<Flushable>();

  /** `afterCommit` calls back once, when everything journaled so far is on disk. */
  constructor(private readonly afterCommit: (done: () => void) => void) {}

  add(stream: Flushable): void {
    if (this.waiting.size === 0) this.afterCommit(() => this.flush());
    this.waiting.add(stream);
  }

  private flush(): void {
    const streams = [...this.waiting];
    this.waiting.clear();
    for (const stream of streams) stream.flush();
  }
}
