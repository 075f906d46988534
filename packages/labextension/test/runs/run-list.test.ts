import { expect, test } from 'vitest';
import type { RunSummary } from '@cellfarm/protocol';
import { runRows, startedByMany } from '../../src/runs/run-list.js';
import { words } from '../words.js';

const NOW = new Date(2026, 0, 20, 12, 0).getTime();
const run = (id: string, state: RunSummary['state'], startedAt: number): RunSummary =>
  ({
    run: `r-${id}`,
    state,
    notebook: `/n/${id}.ipynb`,
    startedAt,
    finishedAt: startedAt + 3_000,
  }) as RunSummary;
const runs = [
  run('aaaa', 'done', NOW - 60_000),
  run('bbbb', 'raised', NOW - 1_000),
  run('cccc', 'interrupted', NOW - 40 * 86_400_000),
];

test('runs are listed with the newest first, each with state, time and how long', () => {
  const rows = runRows(runs, '', NOW, words, 'en-GB');
  expect(rows.map(({ name, word, started, took }) => [name, word, started, took])).toEqual([
    ['Run bbbb', 'Failed', '11:59', '3.0 s'],
    ['Run aaaa', 'Done', '11:59', '3.0 s'],
    ['Run cccc', 'Interrupted', '11 Dec 2025', ''],
  ]);
});

test('a filter looks at name, notebook and state', () => {
  expect(runRows(runs, 'aaaa.ip', NOW, words, 'en-GB')).toHaveLength(1);
  expect(runRows(runs, 'failed', NOW, words, 'en-GB')).toHaveLength(1);
});

test('who started a run is told where more than one person did', () => {
  const by = (person: string | null) => ({ ...run('dddd', 'done', NOW), startedBy: person });
  expect(startedByMany(runRows([by('Ada'), by(null)], '', NOW, words, 'en-GB'))).toBe(false);
  expect(startedByMany(runRows([by('Ada'), by('Grace')], '', NOW, words, 'en-GB'))).toBe(true);
  expect(runRows([by('Ada'), by('Grace')], 'grace', NOW, words, 'en-GB')).toHaveLength(1);
});
