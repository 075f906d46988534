// The feeds of all runs that somebody follows or that this service works on. A run that another service works on is followed through
// the journal that both share.
import type { RunId } from '@cellfarm/protocol';
import type { RunJournal } from '../journal/run-journal.js';
import { RunFeed } from './run-feed.js';
import type { FeedSink, Subscription } from './run-feed.js';

const POLL_MS = 300;

export class Feeds {
  private readonly feeds = new Map<RunId, RunFeed>();
  private readonly own = new Set<RunId>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly journal: RunJournal) {
    this.timer = setInterval(() => this.poll(), POLL_MS);
    this.timer.unref();
  }

  of(run: RunId): RunFeed {
    const feed = this.feeds.get(run) ?? new RunFeed(run, this.journal);
    this.feeds.set(run, feed);
    return feed;
  }

  /** This service works on the run: its events come by `add`. */
  claim(run: RunId): RunFeed {
    this.own.add(run);
    return this.of(run);
  }

  release(run: RunId): void {
    this.own.delete(run);
  }

  follow(run: RunId, after: number, sink: FeedSink): Subscription {
    return this.of(run).follow(after, sink);
  }

  private poll(): void {
    for (const [run, feed] of this.feeds) {
      if (this.own.has(run)) continue;
      if (feed.isFollowed) feed.poll();
      else this.feeds.delete(run);
    }
  }

  close(): void {
    clearInterval(this.timer);
  }
}
