// The events of one run for whoever follows it, numbered and gapless: what this turn brought goes out when it is committed; a follower
// who is behind, or slow, reads the journal instead. So nothing is buffered for slow followers, and nobody sees an event too early.
import type { RunEvent, RunId } from '@cellfarm/protocol';
import { eventText } from './event-text.js';
import type { RunJournal } from '../journal/run-journal.js';

/** Where a follower's events go. */
export interface FeedSink {
  /** JSON texts of events, in order. False when it is full: `ready` of the subscription is to be called when it is not. */
  write(events: readonly string[]): boolean;
  /** The run is finished and everything was written. */
  end(): void;
}

const PAGE = 500;

export class Subscription {
  private full = false;
  private over = false;

  constructor(
    private readonly feed: RunFeed,
    private readonly sink: FeedSink,
    /** Number of the last event written. */
    public last: number,
  ) {}

  get isReady(): boolean {
    return !this.full && !this.over;
  }

  /** Writes events that directly follow `last`. */
  write(events: readonly string[], last: number, finished: boolean): void {
    this.last = last;
    if (events.length > 0) this.full = !this.sink.write(events);
    if (!finished) return;
    this.stop();
    this.sink.end();
  }

  /** The sink has room again. */
  ready(): void {
    if (this.over || !this.full) return;
    this.full = false;
    this.feed.catchUp(this);
  }

  stop(): void {
    this.over = true;
    this.feed.drop(this);
  }
}

/** Events of one commit, as text. */
interface Batch {
  readonly turn: number;
  readonly first: number;
  last: number;
  readonly texts: string[];
  finished: boolean;
}

export class RunFeed {
  private readonly subscriptions = new Set<Subscription>();
  private batch: Batch | null = null;

  constructor(
    private readonly run: RunId,
    private readonly journal: RunJournal,
  ) {}

  get isFollowed(): boolean {
    return this.subscriptions.size > 0;
  }

  /** Follows the run from the event after `after` on. */
  follow(after: number, sink: FeedSink): Subscription {
    const subscription = new Subscription(this, sink, after);
    this.subscriptions.add(subscription);
    this.catchUp(subscription);
    if (subscription.isReady && this.isFinishedBy(subscription.last))
      subscription.write([], subscription.last, true);
    return subscription;
  }

  /** Whether the run is finished and no event comes after this one. */
  private isFinishedBy(seq: number): boolean {
    const last = this.journal.lastSeq(this.run);
    return seq >= last && this.journal.events(this.run, last - 1, 1)[0]?.type === 'run.finished';
  }

  drop(subscription: Subscription): void {
    this.subscriptions.delete(subscription);
  }

  /** An event was journaled. */
  add(event: RunEvent): void {
    if (!this.isFollowed) return;
    const batch = this.batch?.turn === this.journal.turn ? this.batch : this.begin(event.seq);
    batch.last = event.seq;
    batch.texts.push(eventText(event));
    batch.finished ||= event.type === 'run.finished';
  }

  private begin(first: number): Batch {
    const batch: Batch = { turn: this.journal.turn, first, last: first, texts: [], finished: false };
    this.batch = batch;
    this.journal.afterCommit(() => this.publish(batch));
    return batch;
  }

  private publish(batch: Batch): void {
    if (this.batch === batch) this.batch = null;
    for (const subscription of this.subscriptions) {
      if (!subscription.isReady) continue;
      if (subscription.last === batch.first - 1) subscription.write(batch.texts, batch.last, batch.finished);
      else this.catchUp(subscription);
    }
  }

  /** Brings followers of a run that another service works on up to date. */
  poll(): void {
    for (const subscription of this.subscriptions) if (subscription.isReady) this.catchUp(subscription);
  }

  /** Reads what a follower has not seen from the journal, as long as its sink takes it. */
  catchUp(subscription: Subscription): void {
    if (this.journal.find(this.run) === null) {
      subscription.write([], subscription.last, true); // it was deleted
      return;
    }
    while (subscription.isReady) {
      const events = this.journal.events(this.run, subscription.last, PAGE);
      const last = events.at(-1);
      if (!last) return;
      const finished = last.type === 'run.finished' && this.journal.lastSeq(this.run) === last.seq;
      subscription.write(events.map(eventText), last.seq, finished);
    }
  }
}
