import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Digest, SlotId } from '@cellfarm/protocol';
import type { RunJournal } from '../../src/journal/run-journal.js';
import {
  committed,
  KEY,
  makeFixture,
  NEW_RUN,
  resultAt,
  RUN,
  W0,
  type Fixture,
} from './journal-of-one-run.js';

let fixture: Fixture;
let journal: RunJournal;
beforeEach(() => {
  fixture = makeFixture();
  journal = fixture.open();
  journal.openRun(NEW_RUN);
  journal.grant(RUN, W0, 1);
});
afterEach(() => {
  journal.close();
  fixture.remove();
});

const TEMP = `t-${'a'.repeat(32)}`;
const DIGEST = 'b'.repeat(64) as Digest;

function objectAt(start: number): ReturnType<typeof resultAt> {
  return resultAt(start, { value: { type: 'object', ref: { id: TEMP, size: 300_000 } } });
}

describe('a result', () => {
  test('comes back as it was committed, in the order of its elements', async () => {
    for (const start of [5, 0, 9]) expect(journal.commitResult(RUN, KEY, resultAt(start))).toBe(true);
    expect(journal.results(RUN, KEY)).toEqual([]);
    await committed(journal);
    expect(journal.results(RUN, KEY)).toEqual([resultAt(0), resultAt(5), resultAt(9)]);
  });

  test('with an empty value has an empty value', async () => {
    const empty = resultAt(0, { value: { type: 'inline', bytes: new Uint8Array(0) }, status: 2 });
    journal.commitResult(RUN, KEY, empty);
    await committed(journal);
    expect(journal.results(RUN, KEY)).toEqual([empty]);
  });

  test('is refused when its elements have one already, in the same turn and later', async () => {
    expect(journal.commitResult(RUN, KEY, resultAt(3))).toBe(true);
    expect(journal.commitResult(RUN, KEY, resultAt(3, { durationMs: 99 }))).toBe(false);
    await committed(journal);
    expect(journal.commitResult(RUN, KEY, resultAt(3, { durationMs: 99 }))).toBe(false);
    await committed(journal);
    expect(journal.results(RUN, KEY)).toEqual([resultAt(3)]);
  });

  test('from an epoch that is over is refused', async () => {
    journal.grant(RUN, W0, 2);
    expect(journal.commitResult(RUN, KEY, resultAt(3, { epoch: 1 }))).toBe(false);
    expect(journal.commitResult(RUN, KEY, resultAt(3, { epoch: 2 }))).toBe(true);
    await committed(journal);
    expect(journal.results(RUN, KEY)).toEqual([resultAt(3, { epoch: 2 })]);
  });

  test('from a slot or an epoch that was never granted is refused', () => {
    expect(journal.commitResult(RUN, KEY, resultAt(3, { slot: 'w7' as SlotId }))).toBe(false);
    expect(journal.commitResult(RUN, KEY, resultAt(3, { epoch: 9 }))).toBe(false);
  });

  test.each([
    ['another occurrence', { ...KEY, occurrence: 1 }],
    ['another count', { ...KEY, count: 99 }],
    ['other inputs', { ...KEY, inputs: 'changed' }],
  ])('belongs to its key alone: %s has none', async (_, other) => {
    journal.commitResult(RUN, KEY, resultAt(3));
    await committed(journal);
    expect(journal.results(RUN, other)).toEqual([]);
    expect(journal.commitResult(RUN, other, resultAt(3))).toBe(true);
  });

  test('is met again by a later home when its inputs are equal', async () => {
    journal.commitResult(RUN, KEY, resultAt(3));
    await committed(journal);
    expect(journal.results(RUN, { ...KEY, home: 2 })).toEqual([resultAt(3)]);
    expect(journal.commitResult(RUN, { ...KEY, home: 2 }, resultAt(3))).toBe(false);
  });

  test("of unknown inputs is never reused, and does not stand in a later home's way", async () => {
    const unknown = { ...KEY, inputs: null };
    expect(journal.commitResult(RUN, unknown, resultAt(3))).toBe(true);
    expect(journal.commitResult(RUN, unknown, resultAt(3))).toBe(false);
    await committed(journal);
    expect(journal.results(RUN, unknown)).toEqual([]);
    expect(journal.commitResult(RUN, { ...unknown, home: 2 }, resultAt(3))).toBe(true);
  });
});

describe('a result whose object is lost', () => {
  test('is taken back, and its elements get another one', async () => {
    journal.commitResult(RUN, KEY, objectAt(3));
    journal.commitResult(RUN, KEY, resultAt(4));
    await committed(journal);
    journal.retractResult(RUN, KEY, 3);
    expect(journal.commitResult(RUN, KEY, resultAt(3))).toBe(true);
    expect(journal.commitResult(RUN, KEY, resultAt(3))).toBe(false);
    await committed(journal);
    expect(journal.results(RUN, KEY)).toEqual([resultAt(3), resultAt(4)]);
  });

  test('that never was changes nothing when it is taken back', async () => {
    journal.commitResult(RUN, KEY, resultAt(4));
    await committed(journal);
    journal.retractResult(RUN, KEY, 3);
    await committed(journal);
    expect(journal.results(RUN, KEY)).toEqual([resultAt(4)]);
  });
});

describe('a result in an object', () => {
  test('may be sealed by the next owner of the run', async () => {
    journal.commitResult(RUN, KEY, objectAt(3));
    await committed(journal);
    journal.close();
    journal = fixture.open();
    journal.claim(RUN);
    journal.sealObject(RUN, TEMP, DIGEST);
    await committed(journal);
    expect(journal.results(RUN, KEY)).toMatchObject([{ value: { ref: { id: DIGEST } } }]);
  });

  test('names the digest once the object is sealed', async () => {
    journal.commitResult(RUN, KEY, objectAt(3));
    await committed(journal);
    expect(journal.results(RUN, KEY)).toEqual([objectAt(3)]);
    journal.sealObject(RUN, TEMP, DIGEST);
    await committed(journal);
    const value = { type: 'object', ref: { id: DIGEST, size: 300_000 } };
    expect(journal.results(RUN, KEY)).toMatchObject([{ start: 3, value }]);
  });

  test('may be sealed in the turn of its commit', async () => {
    journal.commitResult(RUN, KEY, objectAt(3));
    journal.sealObject(RUN, TEMP, DIGEST);
    await committed(journal);
    expect(journal.results(RUN, KEY)).toMatchObject([{ value: { ref: { id: DIGEST } } }]);
  });

  test('that no result names changes nothing when it is sealed', async () => {
    journal.commitResult(RUN, KEY, resultAt(0));
    journal.sealObject(RUN, TEMP, DIGEST);
    await committed(journal);
    expect(journal.results(RUN, KEY)).toEqual([resultAt(0)]);
  });
});

test('the highest epoch of each slot is known', async () => {
  journal.grant(RUN, 'home' as SlotId, 1);
  journal.grant(RUN, W0, 2);
  await committed(journal);
  expect(journal.epochs(RUN)).toEqual(
    new Map([
      ['home', 1],
      ['w0', 2],
    ]),
  );
});
