import { describe, expect, test } from 'vitest';
import type { RunId, TaskId } from '../src/ids.js';
import type { RunEventBody } from '../src/run-events.js';
import { applyEvent, emptyRunView, mapOf } from '../src/run-view.js';
import type { RunView } from '../src/run-view.js';

const run = 'r-0123456789abcdef' as RunId;
const shard = 'c3.m0.0/1' as TaskId;
const map = 'c3.m0' as TaskId;

function viewAfter(...bodies: RunEventBody[]): RunView {
  const view = emptyRunView();
  bodies.forEach((body, i) => applyEvent(view, { seq: i + 1, time: 1000 + i * 100, run, ...body }));
  return view;
}

const opened: RunEventBody = {
  type: 'map.opened',
  task: map,
  occurrence: 0,
  count: 2,
  shards: 2,
  way: 'fork',
  reused: 0,
};
const finished = (cached: boolean): RunEventBody => ({
  type: 'task.finished',
  task: shard,
  attempt: 1,
  worker: 'w0',
  durationMs: 40,
  cached,
});

describe('the view of a run', () => {
  test('counts the shards of a map by worker and adds up their time', () => {
    const view = viewAfter(opened, finished(false), {
      type: 'map.closed',
      task: map,
      occurrence: 0,
      homeFrom: null,
      reason: '',
    });
    expect(view.maps[0]).toMatchObject({ workers: { w0: 1 }, busyMs: 40, wallMs: 200 });
  });

  test('does not count a result that was taken from an earlier commit', () => {
    expect(viewAfter(opened, finished(true)).maps[0]).toMatchObject({ workers: {}, busyMs: 0 });
  });

  test('forgets what a cell showed when it is played again', () => {
    const output: RunEventBody = {
      type: 'cell.output',
      cell: 2,
      output: { type: 'stream', content: { name: 'stdout', text: 'a' } },
    };
    expect(viewAfter(output).outputs.of(2)).toHaveLength(1);
    expect(viewAfter(output, { type: 'cell.replayed', cell: 2 }).outputs.of(2)).toEqual([]);
  });

  test('ignores an event that it has seen', () => {
    const view = viewAfter(opened);
    applyEvent(view, { seq: 1, time: 1, run, ...opened });
    expect(view.maps).toHaveLength(1);
  });

  test('runs again after it was resumed', () => {
    const ended: RunEventBody = { type: 'run.finished', state: 'failed', error: null };
    expect(viewAfter(ended).state).toBe('failed');
    expect(viewAfter(ended, { type: 'run.resumed', reason: 'asked to' })).toMatchObject({
      state: 'running',
      finishedAt: null,
    });
  });

  test('knows the map of a shard and of nothing else', () => {
    expect([shard, 'c3', 'c3.m0', 'c5.bind'].map(mapOf)).toEqual(['c3.m0', null, null, null]);
  });
});
