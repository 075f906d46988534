import { describe, expect, test } from 'vitest';
import type { RunEvent, RunId, TaskId } from '@cellfarm/protocol';
import { eventText } from '../../src/feed/event-text.js';

const stamp = { seq: 7, time: 1_764_000_000_000, run: 'r-00000000000000aa' as RunId };
const task = 'c3.m0.1/12' as TaskId;
const events: RunEvent[] = [
  { ...stamp, type: 'task.started', task, attempt: 1, worker: 'w0', host: 'a "quoted" \\ höst' },
  { ...stamp, type: 'task.finished', task, attempt: 2, worker: 'home', durationMs: 0.125, cached: false },
  { ...stamp, type: 'task.finished', task, attempt: 1, worker: 'journal', durationMs: 1e-7, cached: true },
  { ...stamp, type: 'run.note', level: 'info', code: 'as-written', text: '"蜂"\n', cell: null },
];

describe("an event's text", () => {
  test.each(events)('is what JSON.stringify writes ($type, $worker)', (event) => {
    expect(eventText(event)).toBe(JSON.stringify(event));
  });
});
