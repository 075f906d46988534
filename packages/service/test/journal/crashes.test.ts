import { readFile, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CellfarmError } from '@cellfarm/protocol';
import { startBundledChild, type BundledChild } from '../../../queue/test/bundled-child.js';
import {
  committed,
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
beforeEach(() => {
  fixture = makeFixture();
});
afterEach(() => fixture.remove());

/** A service in a process of its own that appends for ever and prints each number once it is on disk. */
function startAppending(run: string, perTurn: number): Promise<BundledChild> {
  return startBundledChild(
    `const { openRunJournal } = load('service/src/journal/sqlite-run-journal.ts');
     const run = ${JSON.stringify(run)};
     const journal = openRunJournal({ path: ${JSON.stringify(fixture.path)}, instance: run });
     journal.openRun({ ...${JSON.stringify(NEW_RUN)}, run });
     journal.grant(run, 'w0', 1);
     for (let next = 0; ; next += ${perTurn}) {
       for (let i = next; i < next + ${perTurn}; i += 1) {
         const body = { type: 'task.started', task: 'c3.m0.0/' + i, attempt: 1, worker: 'w0', host: 'child' };
         const seq = journal.append(run, body, Date.now());
         journal.commitResult(run, ${JSON.stringify(KEY)}, {
           start: i, stop: i + 1, slot: 'w0', epoch: 1, status: 0, durationMs: 1, files: [],
           value: { type: 'inline', bytes: new Uint8Array([i & 255]) },
         });
         journal.afterCommit(() => process.stdout.write(seq + '\\n'));
       }
       await new Promise((resolve) => journal.afterCommit(resolve));
     }`,
    ['service/src/journal/sqlite-run-journal.ts'],
  );
}

async function printed(child: BundledChild, atLeast: number): Promise<void> {
  while (Number(await child.line()) < atLeast);
}

describe('a service that is killed', () => {
  test.each([1, 7, 300])(
    'has everything on disk that it told, and numbers without gaps (%i a turn)',
    async (perTurn) => {
      const child = await startAppending(RUN, perTurn);
      await printed(child, 500);
      await child.kill();
      const told = Number(child.lines.at(-1));

      const journal = fixture.open();
      const events = journal.events(RUN, 0, 1_000_000);
      expect(events.length).toBeGreaterThanOrEqual(told);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect(events.length % perTurn).toBe(0);
      expect(journal.results(RUN, KEY).map(({ start }) => start)).toEqual(events.map((_, index) => index));
      expect(journal.interrupted()).toMatchObject([{ run: RUN }]);
      expect(journal.claim(RUN)).toBe(true);
      journal.close();
    },
  );
});

describe('several services on one file', () => {
  test('write at the same time without losing or mixing anything', async () => {
    const runs = ['r-0000000000000001', 'r-0000000000000002'] as const;
    const children = await Promise.all(runs.map((run) => startAppending(run, 5)));
    await Promise.all(children.map((child) => printed(child, 300)));
    const journal = fixture.open();
    journal.openRun(NEW_RUN);
    journal.append(RUN, started(0), 1);
    await committed(journal);
    await Promise.all(children.map((child) => child.kill()));
    for (const [index, child] of children.entries()) {
      const run = runs[index] as typeof RUN;
      const events = journal.events(run, 0, 1_000_000);
      expect(events.length).toBeGreaterThanOrEqual(Number(child.lines.at(-1)));
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
    }
    expect(new Set(journal.interrupted().map(({ run }) => run))).toEqual(new Set(runs));
    expect(journal.lastSeq(RUN)).toBe(1);
    journal.close();
  });
});

describe('a disk that is full', () => {
  test('is told, tears nothing, and the journal goes on when there is room', async () => {
    const maxBytes = 400_000;
    const roomy = fixture.open();
    roomy.openRun({ ...NEW_RUN, run: 'r-0000000000000009' as typeof RUN, text: 'x'.repeat(200_000) });
    roomy.close();

    const journal = fixture.open(maxBytes);
    const troubles: (CellfarmError | null)[] = [];
    journal.onTrouble((error) => troubles.push(error));
    journal.openRun(NEW_RUN);
    journal.grant(RUN, W0, 1);
    let called = 0;
    let appended = 0;
    while (troubles.length === 0) {
      for (let i = 0; i < 500; i += 1) {
        journal.append(RUN, started(appended), appended);
        journal.commitResult(RUN, KEY, resultAt(appended));
        appended += 1;
      }
      const upTo = appended;
      journal.afterCommit(() => (called = upTo));
      while (called < upTo && troubles.length === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(troubles[0]).toMatchObject({ code: 'C5005' });
    expect(() => journal.flush()).toThrow(expect.objectContaining({ code: 'C5005' }));
    expect(called).toBe(appended - 500);
    expect(journal.lastSeq(RUN)).toBe(called);
    expect(journal.results(RUN, KEY)).toHaveLength(called);

    const other = new DatabaseSync(fixture.path);
    other.exec("DELETE FROM run WHERE run = 'r-0000000000000009'");
    other.close();
    await committed(journal);
    expect(troubles.at(-1)).toBeNull();
    expect(journal.lastSeq(RUN)).toBe(appended);
    expect(journal.events(RUN, 0, 1_000_000).map(({ seq }) => seq)).toEqual(
      Array.from({ length: appended }, (_, index) => index + 1),
    );
    journal.close();
  });

  test('refuses a new run at once', () => {
    const journal = fixture.open(1);
    const large = { ...NEW_RUN, text: 'x'.repeat(1_000_000) };
    expect(() => journal.openRun(large)).toThrow(expect.objectContaining({ code: 'C5005' }));
    expect(journal.find(RUN)).toBeNull();
    journal.close();
  });
});

describe('the file', () => {
  test('of a newer cellfarm is refused with both versions named', () => {
    fixture.open().close();
    const db = new DatabaseSync(fixture.path);
    db.exec('INSERT INTO migration (version, at) VALUES (99, 0)');
    db.close();
    expect(() => fixture.open()).toThrow(expect.objectContaining({ code: 'C5007' }));
  });

  test('that is no journal is told and left as it is', async () => {
    await writeFile(fixture.path, 'not a database, but somebody needs it'.repeat(100));
    expect(() => fixture.open()).toThrow(expect.objectContaining({ code: 'C5008' }));
    expect(await readFile(fixture.path, 'utf8')).toContain('somebody needs it');
  });

  test('opened again has everything', async () => {
    const journal = fixture.open();
    journal.openRun(NEW_RUN);
    journal.append(RUN, started(0), 1);
    await committed(journal);
    journal.close();
    const again = fixture.open();
    expect(again.events(RUN, 0, 10)).toHaveLength(1);
    again.close();
  });
});
