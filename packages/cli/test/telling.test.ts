// How the command tells what it does: waiting, colours, and the record of a run.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { emptyRunView, RunId } from '@cellfarm/protocol';
import type { RunEvent } from '@cellfarm/protocol';
import type { RunRecord } from '@cellfarm/service';
import { Progress } from '../src/run/progress.js';
import { recordText } from '../src/run/record-text.js';
import { showsColour, withoutColour } from '../src/run/terminal.js';
import { Waiting } from '../src/run/waiting.js';

describe('waiting', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is told after two seconds and again every ten, with what it is for', () => {
    const told: string[] = [];
    new Waiting((line) => told.push(line)).on('the service to start');
    vi.advanceTimersByTime(1900);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(10_200);
    expect(told).toEqual([
      'waiting for the service to start (2 s)',
      'waiting for the service to start (12 s)',
    ]);
  });

  test('is not told of what is over', () => {
    const told: string[] = [];
    const waiting = new Waiting((line) => told.push(line));
    waiting.on('one thing');
    waiting.on('another');
    vi.advanceTimersByTime(2100);
    waiting.end();
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual(['waiting for another (2 s)']);
  });
});

describe('colours', () => {
  test('are for terminals on which nobody forbade them', () => {
    expect(showsColour({ isTTY: true }, {})).toBe(true);
    expect(showsColour({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
    expect(showsColour({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(showsColour({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(showsColour({}, {})).toBe(false);
  });

  test('leave the text when they go', () => {
    expect(withoutColour('\u001b[0;31mValueError\u001b[0m: \u001b[1;32mno\u001b[K')).toBe('ValueError: no');
  });
});

describe('progress', () => {
  test('shows its whole line on a terminal that does not know how wide it is', () => {
    const written: string[] = [];
    const screen = { isTTY: true, columns: 0, write: (text: string) => written.push(text) };
    const event: RunEvent = {
      type: 'cell.started',
      seq: 1,
      time: 0,
      run: RunId.parse('r-0123456789abcdef'),
      cell: 0,
      executionCount: 1,
    };
    new Progress(screen, 2).onEvent(event, emptyRunView());
    expect(written.join('')).toContain('] 0/2 cells');
  });
});

const RECORD: RunRecord = {
  schema: 1,
  run: RunId.parse('r-0123456789abcdef'),
  state: 'raised',
  notebook: '/home/me/nb.ipynb',
  digest: 'd',
  startedAt: 1_700_000_000_000,
  finishedAt: 1_700_000_002_500,
  error: {
    code: 'C4001',
    name: 'cell-raised',
    message: 'ValueError: no',
    hint: 'The traceback names the line.',
    cell: 3,
    line: 2,
  },
  cells: [
    { cell: 0, state: 'ok', executionCount: 1, durationMs: 1200 },
    { cell: 3, state: 'error', executionCount: 2, durationMs: 10 },
  ],
  maps: [
    {
      task: 'c0.m0',
      occurrence: 0,
      count: 8,
      shards: 4,
      way: 'fork',
      reused: 0,
      wallMs: 100,
      busyMs: 180,
      workers: { w0: 1, w1: 3 },
      homeFrom: 6,
      reason: 'element 6 changes the list',
      speedup: 1.8,
    },
  ],
  processes: [
    { worker: 'home', epoch: 0, part: 'home', pid: 11, host: 'here', state: 'up' },
    { worker: 'w0', epoch: 1, part: 'shard', pid: 12, host: 'here', state: 'lost' },
  ],
  tasks: { executed: 6, cached: 1, failed: 1 },
  notes: [{ level: 'warning', code: 'slow', text: 'it is slow', cell: 0 }],
  variables: null,
};

describe('the record of a run', () => {
  const text = recordText(RECORD, { record: '/runs/r/record.json', executed: '/runs/r/executed.ipynb' });

  test('says how the run went, in lines for people', () => {
    for (const words of [
      'r-0123456789abcdef raised',
      'notebook   /home/me/nb.ipynb',
      'took 2.50 s',
      '1 ok, 1 error',
      'longest: cell 0 1.20 s',
      '6 executed, 1 reused, 1 failed',
      'map c0.m0: 8 elements, shards w0 1, w1 3, 1.8x one worker',
      'home computed the elements from 6 on: element 6 changes the list',
      '2 started, 1 lost',
      'lost: w0 (shard, process 12 on here)',
      'warning: cell 0: it is slow',
      'error      C4001 cell 3, line 2: ValueError: no',
      'record     /runs/r/record.json',
      'executed   /runs/r/executed.ipynb',
    ])
      expect(text).toContain(words);
  });

  test('of an interrupted run says how to go on with it', () => {
    const interrupted = recordText(
      { ...RECORD, state: 'interrupted', error: null },
      { record: null, executed: null },
    );
    expect(interrupted).toContain('cellfarm run /home/me/nb.ipynb --resume r-0123456789abcdef');
    expect(interrupted).not.toContain('executed.ipynb');
  });
});
