// Holds what is to be written to streams until its commit is on disk, then writes each stream once. What comes after a commit was begun
// waits for the next one: nothing outside sees an effect before its journal entry. Many small frames cost one write.
import type { RunJournal } from '../journal/run-journal.js';

/** Something that takes entries when their commit is on disk. */
export interface Recipient<E> {
  write(entries: readonly E[]): void;
}

export class Outbox<E> {
  private batch = new Map<Recipient<E>, E[]>();
  private turn = -1;

  constructor(private readonly journal: Pick<RunJournal, 'turn' | 'afterCommit'>) {}

  add(recipient: Recipient<E>, entry: E): void {
    if (this.turn !== this.journal.turn) this.begin();
    const entries = this.batch.get(recipient);
    if (entries) entries.push(entry);
    else this.batch.set(recipient, [entry]);
  }

  private begin(): void {
    const batch = new Map<Recipient<E>, E[]>();
    this.batch = batch;
    this.turn = this.journal.turn;
    this.journal.afterCommit(() => {
      for (const [recipient, entries] of batch) recipient.write(entries);
    });
  }
}
