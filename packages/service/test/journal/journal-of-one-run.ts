// A journal in a temporary folder with one run in it, for the tests of the journal.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEventBody, RunId, SlotId, TaskId } from '@cellfarm/protocol';
import type { NewRun, Result, ResultKey } from '../../src/journal/journal-types.js';
import type { RunJournal } from '../../src/journal/run-journal.js';
import { openRunJournal } from '../../src/journal/sqlite-run-journal.js';

export const RUN = 'r-00000000000000aa' as RunId;
export const W0 = 'w0' as SlotId;

export const NEW_RUN: NewRun = {
  run: RUN,
  notebook: '/home/ada/thesis.ipynb',
  digest: 'd'.repeat(64),
  text: '{"cells": []}',
  options: { workers: 4, inspect: true },
  startedAt: 1_764_000_000_000,
};

export const KEY: ResultKey = {
  task: 'c3.m0' as TaskId,
  occurrence: 0,
  count: 100,
  inputs: 'inputs-digest',
  home: 1,
};

export function started(index: number): RunEventBody {
  return { type: 'task.started', task: `c3.m0.0/${index}` as TaskId, attempt: 1, worker: 'w0', host: 'ada' };
}

export function finished(index: number, cached = false): Extract<RunEventBody, { type: 'task.finished' }> {
  const task = `c3.m0.0/${index}` as TaskId;
  return { type: 'task.finished', task, attempt: 1, worker: 'w0', durationMs: 1.25, cached };
}

export function resultAt(start: number, changes: Partial<Result> = {}): Result {
  const value = { type: 'inline', bytes: new Uint8Array([1, 2, start]) } as const;
  return {
    start,
    stop: start + 1,
    slot: W0,
    epoch: 1,
    status: 0,
    durationMs: 2.5,
    value,
    files: [],
    ...changes,
  };
}

export interface Fixture {
  readonly path: string;
  /** Opens the file as a further service. */
  open(maxBytes?: number): RunJournal;
  /** Removes the folder; open journals are the test's to close. */
  remove(): void;
}

export function makeFixture(): Fixture {
  const folder = mkdtempSync(join(tmpdir(), 'cellfarm-journal-'));
  const path = join(folder, 'journal.db');
  let count = 0;
  return {
    path,
    open(maxBytes) {
      count += 1;
      const options = { path, instance: `service-${count}`, ...(maxBytes === undefined ? {} : { maxBytes }) };
      return openRunJournal(options);
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when everything written so far is on disk. */
export function committed(journal: RunJournal): Promise<void> {
  return new Promise((resolve) => journal.afterCommit(resolve));
}
