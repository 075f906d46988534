import { expect, test } from 'vitest';
import type { RunEventBody } from '@cellfarm/protocol';
import { cellNodes } from '../../src/run/cell-nodes.js';
import { orderFor, tryAgain } from '../../src/run/task-orders.js';
import type { TaskOrder } from '../../src/run/task-orders.js';
import { cells, ended, events, opened, started, task, viewOf } from '../runs.js';

const playing = (cell: number): RunEventBody => ({ type: 'cell.started', cell, executionCount: cell });
const played = (cell: number): RunEventBody => ({ type: 'cell.finished', cell, state: 'ok', durationMs: 1 });
const inTheMap = [
  started,
  task('c1', 'home'),
  playing(1),
  played(1),
  ended('c1', 'home'),
  task('c2', 'home'),
  playing(2),
  opened('c2.m0', 2),
  task('c2.m0.0/0', 'w0'),
];

function orders(bodies: readonly RunEventBody[]): (TaskOrder | null)[] {
  const view = viewOf(events(bodies));
  return cellNodes(cells, view, 5000).map((node) => orderFor(node, view));
}

test('an open map comes home, also before it is reached', () => {
  const home = { type: 'bring-home', task: 'c2.m0' };
  expect(orders(inTheMap)).toEqual([null, home, null]);
  expect(orders([started, task('c1', 'home'), playing(1)])).toEqual([
    { type: 'cancel-run', task: 'c1' },
    home,
    null,
  ]);
});

test('a cell that home computes itself, at first or by order, can only end the run', () => {
  const cancelling: RunEventBody[] = [
    { type: 'task.cancelling', task: 'c2.m0', reason: '' },
  ] as RunEventBody[];
  expect(orders([...inTheMap, ...cancelling])[1]).toEqual({ type: 'cancel-run', task: 'c2' });
});

test('nothing may be ordered about a run that is over, or of which nothing runs', () => {
  expect(orders([])).toEqual([null, null, null]);
  expect(orders([...inTheMap, { type: 'run.finished', state: 'cancelled', error: null }])).toEqual([
    null,
    null,
    null,
  ]);
});

test('a shard is tried again while somebody computes it', () => {
  const view = viewOf(events(inTheMap));
  expect(tryAgain('c2.m0.0/0', view)).toEqual({ type: 'try-again', task: 'c2.m0.0/0' });
  expect(tryAgain('c2.m0.0/1', view)).toBeNull();
});
