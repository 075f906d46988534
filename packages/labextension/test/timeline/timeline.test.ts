import { expect, test } from 'vitest';
import type { AgentInfo, RunEventBody } from '@cellfarm/protocol';
import { Attempts } from '../../src/run/attempts.js';
import { cellNodes } from '../../src/run/cell-nodes.js';
import { axisMarks, markLabel } from '../../src/timeline/axis.js';
import { timelineRows } from '../../src/timeline/bars.js';
import { criticalPath } from '../../src/timeline/critical-path.js';
import { hostLanes } from '../../src/timeline/device-lanes.js';
import { cells, ended, events, opened, started, task, viewOf } from '../runs.js';

const process = (worker: string, part: 'home' | 'shard'): RunEventBody => ({
  type: 'process.started',
  worker,
  part,
  pid: 1,
  host: 'box',
  agent: 'a',
  epoch: 1,
});

const stream = events([
  started,
  process('home', 'home'),
  task('c1', 'home'),
  ended('c1', 'home', 100),
  task('c2', 'home'),
  opened('c2.m0', 2),
  process('w0', 'shard'),
  process('w1', 'shard'),
  task('c2.m0.0/0', 'w0'),
  task('c2.m0.0/1', 'w1'),
  ended('c2.m0.0/0', 'w0', 200),
  ended('c2.m0.0/1', 'w1', 200),
]);
const view = viewOf(stream);
const attempts = new Attempts();
for (const event of stream) attempts.apply(event);
const now = 2200;

test('a map has a line for each worker, another cell has one', () => {
  const rows = timelineRows(cellNodes(cells, view, now), attempts, view.startedAt, now);
  expect(rows.map(({ lines }) => lines.length)).toEqual([1, 2, 0]);
  expect(rows[1]?.lines[0]?.[0]).toMatchObject({ from: 800, to: 1000, state: 'done', label: '1' });
});

test('a machine has a lane for home and for each worker, and knows how many were at work', () => {
  const agent = { host: 'box', cpus: 2, gpus: 0, memoryBytes: 1 } as AgentInfo;
  const [box] = hostLanes(attempts, [agent], view.startedAt, now);
  expect(box?.workers.map(({ worker }) => worker)).toEqual(['home', 'w0', 'w1']);
  expect(box?.most).toBe(2);
  expect(box?.agent?.cpus).toBe(2);
});

test('a machine whose agent is gone still shows what it did', () => {
  const [box] = hostLanes(attempts, [], view.startedAt, now);
  expect(box?.agent).toBeNull();
  expect(box?.workers).toHaveLength(3);
});

test('the critical path goes back from the last cell and names what matters', () => {
  const done = viewOf(events([...stream.map((event) => event), ended('c2', 'home', 1100)]));
  const { named } = criticalPath(cellNodes(cells, done, now));
  expect(named.map(({ cell }) => cell.title)).toEqual(['Settings', 'Sweep']);
});

test('marks of an axis are round and some six', () => {
  expect(axisMarks(5000)).toEqual([0, 1000, 2000, 3000, 4000, 5000]);
  expect(axisMarks(290_000)).toEqual([0, 60_000, 120_000, 180_000, 240_000]);
  expect(markLabel(1500, 5000)).toBe('1.5 s');
  expect(markLabel(171_000, 290_000)).toBe('2:51');
});
