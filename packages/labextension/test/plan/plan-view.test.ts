import { expect, test } from 'vitest';
import type { TaskGraph } from '@cellfarm/protocol';
import { forecast } from '../../src/plan/forecast.js';
import { NOTHING_KNOWN, planView } from '../../src/plan/plan-view.js';
import { planCells } from '../../src/run/plan-cells.js';
import { cells, graph } from '../runs.js';
import { words } from '../words.js';

test('each cell says where it runs and why', () => {
  const plan = planView(graph, cells, NOTHING_KNOWN, words);
  expect(plan.rows.map(({ place, why }) => [place, why])).toEqual([
    ['Home', 'Runs at home in order'],
    ['This machine', 'Independent steps over settings, checked while they run'],
    ['Home', 'Waits for scores from cell [2]'],
  ]);
  expect([plan.home, plan.away]).toEqual([2, 1]);
});

test('what stays on this machine does not leave it', () => {
  expect(planView(graph, cells, NOTHING_KNOWN, words).leaving).toEqual([]);
});

test('what goes to a cluster is named with its size, and the cell itself', () => {
  const away = {
    ...graph,
    tasks: graph.tasks.map((task) => (task.place === 'away' ? { ...task, target: 'kubernetes' } : task)),
  } as TaskGraph;
  const known = { ...NOTHING_KNOWN, values: new Map([['settings', 3100]]), sources: new Map([[2, 42]]) };
  const plan = planView(away, planCells(away, cells), known, words);
  expect(plan.leaving).toEqual([
    { kind: 'value', name: 'settings', to: 'Kubernetes', bytes: 3100 },
    { kind: 'cell', name: 'Cell [2]', to: 'Kubernetes', bytes: 42 },
  ]);
  expect(planView(away, planCells(away, cells), NOTHING_KNOWN, words).leaving[0]?.bytes).toBeNull();
});

test('an error of the notebook stops the run and comes first', () => {
  const bad = {
    ...graph,
    diagnostics: [
      { code: 'C1201', severity: 'info', cell: 1, line: 1, column: 0, message: 'by the way', hint: '' },
      {
        code: 'C1101',
        severity: 'error',
        cell: 2,
        line: 3,
        column: 0,
        message: 'unknown role',
        hint: 'use map',
      },
    ],
  } as unknown as TaskGraph;
  const plan = planView(bad, cells, NOTHING_KNOWN, words);
  expect(plan.runnable).toBe(false);
  expect(plan.notes.map(({ title }) => title)).toEqual([
    'Cell [2], line 3: unknown role',
    'Cell [1], line 1: by the way',
  ]);
});

test('the forecast adds up the last run, and what its map would take one by one', () => {
  const expected = forecast({
    cells: [
      { cell: 1, durationMs: 1000 },
      { cell: 2, durationMs: 4000 },
      { cell: 3, durationMs: null },
    ],
    maps: [{ busyMs: 12_000, wallMs: 4000 }],
  });
  expect(expected.totalMs).toBe(5000);
  expect(expected.oneByOneMs).toBe(13_000);
  expect(
    planView(graph, cells, { ...NOTHING_KNOWN, forecast: expected }, words).rows.map((row) => row.forecast),
  ).toEqual(['1.0 s', '4.0 s', '']);
});
