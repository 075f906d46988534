import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEventBody } from '@cellfarm/protocol';
import { birthOf, isDead, thisOwner } from '../../src/journal/process-identity.js';
import type { RunJournal } from '../../src/journal/run-journal.js';
import {
  committed,
  finished,
  KEY,
  makeFixture,
  NEW_RUN,
  resultAt,
  RUN,
  started,
  W0,
  type Fixture,
} from './journal-of-one-run.js';

let fixture: Fixture;
let first: RunJournal;
let second: RunJournal;
beforeEach(async () => {
  fixture = makeFixture();
  first = fixture.open();
  second = fixture.open();
  first.openRun(NEW_RUN);
  first.append(RUN, started(0), 1);
  first.grant(RUN, W0, 1);
  first.commitResult(RUN, KEY, resultAt(0));
  await committed(first);
});
afterEach(() => {
  first.close();
  second.close();
  fixture.remove();
});

/** Makes the run look as if its owner had died: nobody was born when it says. */
function killOwner(): void {
  const db = new DatabaseSync(fixture.path);
  db.exec("UPDATE run SET owner_birth = 'long ago'");
  db.close();
}

describe('an interrupted run', () => {
  test('is not one whose owner lives', () => {
    expect(second.interrupted()).toEqual([]);
    expect(second.claim(RUN)).toBe(false);
  });

  test('is one whose owner is no more', () => {
    killOwner();
    expect(second.interrupted()).toMatchObject([{ run: RUN, owner: { instance: 'service-1' } }]);
  });

  test('is one that its owner let go', () => {
    first.release(RUN);
    expect(second.interrupted()).toMatchObject([{ run: RUN, owner: null }]);
  });

  test('is left when a service closes its journal', () => {
    first.close();
    expect(second.interrupted()).toMatchObject([{ run: RUN, owner: null }]);
    first = fixture.open();
  });

  test('is not one that has ended', async () => {
    const end: RunEventBody = { type: 'run.finished', state: 'cancelled', error: null };
    first.append(RUN, end, 2);
    await committed(first);
    first.release(RUN);
    expect(second.interrupted()).toEqual([]);
    expect(second.claim(RUN)).toBe(false);
  });

  test('is claimed by one service only', () => {
    first.release(RUN);
    expect(second.claim(RUN)).toBe(true);
    expect(first.claim(RUN)).toBe(false);
    expect(second.find(RUN)?.owner?.instance).toBe('service-2');
  });
});

describe('a claimed run', () => {
  test('goes on where its journal ended', async () => {
    first.release(RUN);
    second.claim(RUN);
    expect(second.append(RUN, { type: 'run.resumed', reason: 'owner lost' }, 5)).toBe(2);
    expect(second.epochs(RUN)).toEqual(new Map([[W0, 1]]));
    expect(second.commitResult(RUN, KEY, resultAt(0))).toBe(false);
    expect(second.commitResult(RUN, KEY, resultAt(1))).toBe(true);
    expect(second.commitResult(RUN, { ...KEY, occurrence: 1 }, resultAt(1))).toBe(true);
    await committed(second);
    expect(second.events(RUN, 0, 10).map(({ type }) => type)).toEqual(['task.started', 'run.resumed']);
    expect(second.results(RUN, KEY).map(({ start }) => start)).toEqual([0, 1]);
  });

  test('is not written by its former owner any more, which is told', async () => {
    killOwner();
    expect(second.claim(RUN)).toBe(true);
    const fenced: string[] = [];
    first.onFenced((run) => fenced.push(run));
    first.append(RUN, finished(0), 6);
    first.commitResult(RUN, KEY, resultAt(1));
    await committed(first);
    expect(fenced).toEqual([RUN]);
    expect(second.lastSeq(RUN)).toBe(1);
    expect(second.results(RUN, KEY)).toHaveLength(1);
    expect(() => first.append(RUN, finished(0), 7)).toThrow(expect.objectContaining({ code: 'C5008' }));
    expect(second.append(RUN, finished(0), 8)).toBe(2);
    await committed(second);
    expect(second.lastSeq(RUN)).toBe(2);
  });

  test('is not let go by its former owner', () => {
    killOwner();
    second.claim(RUN);
    first.close();
    expect(second.find(RUN)?.owner?.instance).toBe('service-2');
    first = fixture.open();
  });
});

describe('a process', () => {
  test('has one birth as long as it lives', () => {
    expect(birthOf(process.pid)).not.toBeNull();
    expect(birthOf(process.pid)).toBe(birthOf(process.pid));
    expect(isDead(thisOwner('me'))).toBe(false);
  });

  test('that is another one with the same pid does not live', () => {
    expect(isDead({ ...thisOwner('me'), birth: 'another' })).toBe(true);
  });

  test('of another host is not said to be dead', () => {
    expect(isDead({ ...thisOwner('me'), host: 'elsewhere', birth: 'another' })).toBe(false);
  });

  test('that never was is dead', () => {
    expect(birthOf(2 ** 22 + 1)).toBeNull();
  });
});
