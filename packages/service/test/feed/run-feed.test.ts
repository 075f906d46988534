// The live feed: gapless, never too early, resumable, and without a buffer for slow followers.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent, RunEventBody, RunId } from '@cellfarm/protocol';
import { RunFeed } from '../../src/feed/run-feed.js';
import type { FeedSink } from '../../src/feed/run-feed.js';
import type { RunJournal } from '../../src/journal/run-journal.js';
import { openRunJournal } from '../../src/journal/sqlite-run-journal.js';

const RUN = 'r-0123456789abcdef' as RunId;
let folder: string;
let journal: RunJournal;
let feed: RunFeed;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cellfarm-feed-'));
  journal = openRunJournal({ path: join(folder, 'journal.db'), instance: 'test' });
  journal.openRun({ run: RUN, notebook: '/a.ipynb', digest: 'd', text: '{}', options: {}, startedAt: 0 });
  feed = new RunFeed(RUN, journal);
});
afterEach(async () => {
  journal.close();
  await rm(folder, { recursive: true, force: true });
});

function emit(body: RunEventBody): number {
  const seq = journal.append(RUN, body, 1);
  feed.add({ seq, time: 1, run: RUN, ...body });
  return seq;
}
const note = (text: string): number =>
  emit({ type: 'run.note', level: 'info', code: 'test', text, cell: null });
const committed = (): Promise<void> => new Promise((resolve) => journal.afterCommit(resolve));

class Collector implements FeedSink {
  readonly seqs: number[] = [];
  ended = false;
  isOpen = true;
  write(events: readonly string[]): boolean {
    this.seqs.push(...events.map((text) => (JSON.parse(text) as RunEvent).seq));
    return this.isOpen;
  }
  end(): void {
    this.ended = true;
  }
}

const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('a follower', () => {
  test('sees no event before it is on disk', async () => {
    const follower = new Collector();
    feed.follow(0, follower);
    note('a');
    expect(follower.seqs).toEqual([]);
    await committed();
    await committed();
    expect(follower.seqs).toEqual([1]);
  });

  test('who comes in the middle gets what was before and what comes after, once and in order', async () => {
    for (let count = 0; count < 1200; count += 1) note('early');
    await committed();
    const follower = new Collector();
    note('uncommitted');
    feed.follow(0, follower);
    note('live');
    await committed();
    await committed();
    note('later');
    await committed();
    await committed();
    expect(follower.seqs).toEqual(upTo(1203));
  });

  test('who comes back goes on after the last event it had', async () => {
    for (let count = 0; count < 10; count += 1) note('early');
    await committed();
    const follower = new Collector();
    feed.follow(7, follower);
    expect(follower.seqs).toEqual([8, 9, 10]);
  });

  test('who is slow loses nothing and holds nobody up', async () => {
    const slow = new Collector();
    const fast = new Collector();
    slow.isOpen = false;
    const subscription = feed.follow(0, slow);
    feed.follow(0, fast);
    for (let turn = 0; turn < 5; turn += 1) {
      for (let count = 0; count < 300; count += 1) note('much');
      await committed();
      await committed();
    }
    expect(fast.seqs).toEqual(upTo(1500));
    expect(slow.seqs).toEqual(upTo(300));
    slow.isOpen = true;
    subscription.ready();
    expect(slow.seqs).toEqual(upTo(1500));
    note('after');
    await committed();
    await committed();
    expect(slow.seqs).toEqual(upTo(1501));
  });

  test('is told the end when the run is finished', async () => {
    const live = new Collector();
    feed.follow(0, live);
    note('a');
    emit({ type: 'run.finished', state: 'done', error: null });
    await committed();
    await committed();
    expect(live).toMatchObject({ seqs: [1, 2], ended: true });
    const late = new Collector();
    feed.follow(0, late);
    expect(late).toMatchObject({ seqs: [1, 2], ended: true });
    expect(feed.isFollowed).toBe(false);
  });
});
