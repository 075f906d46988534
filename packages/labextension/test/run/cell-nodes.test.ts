import { expect, test } from 'vitest';
import { cellNodes, progressOf } from '../../src/run/cell-nodes.js';
import { cells, ended, events, opened, started, task, viewOf } from '../runs.js';

const upToTheMap = [started, task('c1', 'home'), ended('c1', 'home'), task('c2', 'home'), opened('c2.m0', 4)];

test('a plan of which nothing runs waits', () => {
  const nodes = cellNodes(cells, viewOf([]), 0);
  expect(nodes.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting']);
  expect(nodes[2]?.waitsFor.map(({ names }) => names)).toEqual([['scores']]);
});

test('shards are done, running and queued side by side', () => {
  const view = viewOf(
    events([...upToTheMap, task('c2.m0.0/0', 'w0'), task('c2.m0.0/1', 'w1'), ended('c2.m0.0/0', 'w0')]),
  );
  const [settings, sweep, best] = cellNodes(cells, view, 2000);
  expect(settings?.state).toBe('done');
  expect(sweep?.state).toBe('running');
  expect(sweep?.map?.shards.map(({ state }) => state)).toEqual(['done', 'running', 'queued', 'queued']);
  expect(best?.waitsFor.map(({ cell }) => cell)).toEqual([2]);
});

test('a second attempt of a shard makes it and its cell retrying', () => {
  const view = viewOf(events([...upToTheMap, task('c2.m0.0/0', 'w0'), task('c2.m0.0/0', 'w1', 2)]));
  const sweep = cellNodes(cells, view, 2000)[1];
  expect(sweep?.map?.counts.retrying).toBe(1);
  expect(sweep?.state).toBe('retrying');
});

test('when a run is cancelled, what was under way is cancelled and is not running for ever', () => {
  const view = viewOf(
    events([
      ...upToTheMap,
      task('c2.m0.0/0', 'w0'),
      { type: 'run.finished', state: 'cancelled', error: null },
    ]),
  );
  const nodes = cellNodes(cells, view, 2000);
  expect(nodes.map(({ state }) => state)).toEqual(['done', 'cancelled', 'cancelled']);
});

test('cells after one that raised are not run', () => {
  const view = viewOf(
    events([
      started,
      task('c1', 'home'),
      { type: 'cell.started', cell: 1, executionCount: 1 },
      { type: 'cell.finished', cell: 1, state: 'error', durationMs: 3 },
      { type: 'run.finished', state: 'raised', error: null },
    ]),
  );
  expect(cellNodes(cells, view, 2000).map(({ state }) => state)).toEqual(['failed', 'not-run', 'not-run']);
});

test('the time left follows from the pace of what is done', () => {
  const done = [0, 1, 2].flatMap((shard) => [
    task(`c2.m0.0/${shard}`, 'w0'),
    ended(`c2.m0.0/${shard}`, 'w0'),
  ]);
  const view = viewOf(events([...upToTheMap, ...done]));
  const map = cellNodes(cells, view, (view.maps[0]?.openedAt ?? 0) + 600)[1]?.map;
  expect(map?.leftMs).toBe(200);
});

test('progress counts the shards of an open map and each other cell once', () => {
  const view = viewOf(events([...upToTheMap, task('c2.m0.0/0', 'w0'), ended('c2.m0.0/0', 'w0')]));
  expect(progressOf(cellNodes(cells, view, 2000))).toMatchObject({ done: 2, total: 6 });
});
