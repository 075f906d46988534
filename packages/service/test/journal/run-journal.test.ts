import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEventBody, RunId, TaskId } from '@cellfarm/protocol';
import type { RunJournal } from '../../src/journal/run-journal.js';
import {
  committed,
  finished,
  makeFixture,
  NEW_RUN,
  RUN,
  started,
  type Fixture,
} from './journal-of-one-run.js';

let fixture: Fixture;
let journal: RunJournal;
beforeEach(() => {
  fixture = makeFixture();
  journal = fixture.open();
  journal.openRun(NEW_RUN);
});
afterEach(() => {
  journal.close();
  fixture.remove();
});

function rowsIn(path: string): number {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return Number(db.prepare('SELECT count(*) AS rows FROM event').get()?.['rows']);
  } finally {
    db.close();
  }
}

const END: RunEventBody = { type: 'run.finished', state: 'done', error: null };

describe('events', () => {
  const bodies: RunEventBody[] = [
    { type: 'run.note', level: 'info', code: 'as-written', text: 'quotes \' " and 蜂', cell: null },
    started(0),
    finished(0),
    finished(1, true),
    {
      type: 'cell.output',
      cell: 2,
      output: { type: 'stream', content: { name: 'stdout', text: 'a\u0000b\n' } },
    },
    JSON.parse(
      '{"type":"run.variables","variables":{"__proto__":{"type":"int","digest":null}}}',
    ) as RunEventBody,
  ];

  test('come back as they were written, numbered from 1 without gaps', async () => {
    const numbers = bodies.map((body, index) => journal.append(RUN, body, 1000 + index));
    await committed(journal);
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6]);
    const expected = bodies.map((body, index) => ({ seq: index + 1, time: 1000 + index, run: RUN, ...body }));
    expect(journal.events(RUN, 0, 100)).toEqual(expected);
  });

  test('of tasks in a row share a row, and come back one by one from any number on', async () => {
    for (let i = 0; i < 50; i += 1) journal.append(RUN, started(i), 5);
    for (let i = 0; i < 50; i += 1) journal.append(RUN, { ...finished(i), durationMs: i / 8 }, 6);
    journal.append(RUN, { ...finished(50), attempt: 2 }, 6);
    await committed(journal);
    expect(rowsIn(fixture.path)).toBe(3);
    expect(journal.lastSeq(RUN)).toBe(101);
    const all = journal.events(RUN, 0, 1000);
    expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 101 }, (_, index) => index + 1));
    expect(all[30]).toEqual({ seq: 31, time: 5, run: RUN, ...started(30) });
    expect(all[79]).toEqual({ seq: 80, time: 6, run: RUN, ...finished(29), durationMs: 29 / 8 });
    expect(all[100]).toMatchObject({ attempt: 2, task: 'c3.m0.0/50' });
    for (const after of [0, 1, 49, 50, 51, 99, 100, 101])
      expect(journal.events(RUN, after, 7)).toEqual(all.slice(after, after + 7));
  });

  test('are read from any number on, as many as wanted', async () => {
    for (let i = 0; i < 200; i += 1) journal.append(RUN, started(i), i);
    await committed(journal);
    expect(journal.events(RUN, 190, 100).map(({ seq }) => seq)).toEqual([
      191, 192, 193, 194, 195, 196, 197, 198, 199, 200,
    ]);
    expect(journal.events(RUN, 10, 3).map(({ seq }) => seq)).toEqual([11, 12, 13]);
    expect(journal.events(RUN, 200, 5)).toEqual([]);
    expect(journal.lastSeq(RUN)).toBe(200);
  });

  test('are not seen before they are on disk', async () => {
    journal.append(RUN, started(0), 1);
    expect(journal.events(RUN, 0, 10)).toEqual([]);
    expect(journal.lastSeq(RUN)).toBe(0);
    await committed(journal);
    expect(journal.events(RUN, 0, 10)).toHaveLength(1);
  });

  test('of one run do not number those of another', async () => {
    const other = 'r-00000000000000bb' as RunId;
    journal.openRun({ ...NEW_RUN, run: other });
    expect([journal.append(RUN, started(0), 1), journal.append(other, started(0), 1)]).toEqual([1, 1]);
    expect([journal.append(RUN, started(1), 1), journal.append(other, started(1), 1)]).toEqual([2, 2]);
    await committed(journal);
    expect(journal.events(other, 0, 10).map(({ run }) => run)).toEqual([other, other]);
  });

  test('about a run that is not open here are refused', () => {
    const other = 'r-00000000000000cc' as RunId;
    expect(() => journal.append(other, started(0), 1)).toThrow(expect.objectContaining({ code: 'C5008' }));
    expect(() => journal.events(other, 0, 1)).toThrow(expect.objectContaining({ code: 'C4007' }));
  });
});

describe('the turn', () => {
  test('what waits for the commit is called in order, after the turn, with everything on disk', async () => {
    const calls: string[] = [];
    journal.append(RUN, started(0), 1);
    journal.afterCommit(() => calls.push(`first sees ${journal.lastSeq(RUN)}`));
    journal.append(RUN, started(1), 1);
    journal.afterCommit(() => calls.push(`second sees ${journal.lastSeq(RUN)}`));
    await Promise.resolve();
    expect(calls).toEqual([]);
    await committed(journal);
    expect(calls).toEqual(['first sees 2', 'second sees 2']);
  });

  test('what a callback writes is committed in the next turn', async () => {
    const seen: number[] = [];
    journal.append(RUN, started(0), 1);
    journal.afterCommit(() => {
      journal.append(RUN, started(1), 1);
      seen.push(journal.lastSeq(RUN));
      journal.afterCommit(() => seen.push(journal.lastSeq(RUN)));
    });
    await committed(journal);
    await committed(journal);
    expect(seen).toEqual([1, 2]);
  });

  test('a flush commits and calls back at once', () => {
    let called = false;
    journal.append(RUN, started(0), 1);
    journal.afterCommit(() => (called = true));
    journal.flush();
    expect(called).toBe(true);
    expect(journal.lastSeq(RUN)).toBe(1);
  });

  test('a callback that throws does not keep the others from being called', async () => {
    let called = false;
    journal.afterCommit(() => {
      throw new Error('this one');
    });
    journal.afterCommit(() => (called = true));
    expect(() => journal.flush()).toThrow('this one');
    await committed(journal);
    expect(called).toBe(true);
  });
});

describe('runs', () => {
  test('a run is found with its frozen notebook and options', () => {
    expect(journal.find(RUN)).toMatchObject({
      run: RUN,
      notebook: NEW_RUN.notebook,
      digest: NEW_RUN.digest,
      state: 'running',
      startedAt: NEW_RUN.startedAt,
      finishedAt: null,
      startedBy: null,
      owner: { instance: 'service-1', pid: process.pid },
    });
    expect(journal.snapshot(RUN)).toEqual({
      notebook: NEW_RUN.notebook,
      digest: NEW_RUN.digest,
      text: NEW_RUN.text,
      options: NEW_RUN.options,
    });
  });

  test('a run tells who started it, where they said', () => {
    const run = 'r-00000000000000cc' as RunId;
    journal.openRun({ ...NEW_RUN, run, options: { ...NEW_RUN.options, startedBy: 'Ada "L." 蜂' } });
    expect(journal.find(run)?.startedBy).toBe('Ada "L." 蜂');
  });

  test('the newest comes first', () => {
    const later = 'r-00000000000000bb' as RunId;
    journal.openRun({ ...NEW_RUN, run: later, startedAt: NEW_RUN.startedAt + 1 });
    expect(journal.runs().map(({ run }) => run)).toEqual([later, RUN]);
  });

  test('the event of its end ends the run in the same commit', async () => {
    journal.append(RUN, END, 77);
    expect(journal.find(RUN)?.state).toBe('running');
    await committed(journal);
    expect(journal.find(RUN)).toMatchObject({ state: 'done', finishedAt: 77 });
  });

  test('an unknown run is null, and its notebook an error', () => {
    const unknown = 'r-00000000000000ff' as RunId;
    expect(journal.find(unknown)).toBeNull();
    expect(() => journal.snapshot(unknown)).toThrow(expect.objectContaining({ code: 'C4007' }));
    expect(journal.claim(unknown)).toBe(false);
  });

  test('the same id cannot begin twice', () => {
    expect(() => journal.openRun(NEW_RUN)).toThrow(expect.objectContaining({ code: 'C5008' }));
  });

  test('only the owner can read the file', async () => {
    journal.append(RUN, { type: 'cell.started', cell: 0, executionCount: 1 }, 1);
    await committed(journal);
    for (const file of ['', '-wal', '-shm']) expect(statSync(fixture.path + file).mode & 0o077).toBe(0);
  });

  test('a task of any name is kept', async () => {
    const task = "c1.m0.0/'; DROP TABLE event; --" as TaskId;
    journal.append(RUN, { type: 'task.started', task, attempt: 1, worker: 'w0', host: 'h' }, 1);
    await committed(journal);
    expect(journal.events(RUN, 0, 1)).toMatchObject([{ task }]);
  });
});
