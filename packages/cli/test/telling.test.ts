// How the command tells what it does: waiting, colours, and the record of a run.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CellfarmError, Digest, emptyRunView, RunId } from '@cellfarm/protocol';
import type { Diagnostic, RunEvent, RunSummary, RunView, TaskGraph } from '@cellfarm/protocol';
import type { RunRecord } from '@cellfarm/service';
import { Progress } from '../src/run/progress.js';
import { raisedIn } from '../src/run/raised-in.js';
import { recordText } from '../src/run/record-text.js';
import { whichRun } from '../src/run/run-meant.js';
import { summarise, summaryText } from '../src/run/summary.js';
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

describe('the run that is meant', () => {
  const summary = (run: string, startedAt: number): RunSummary => ({
    run: RunId.parse(run),
    state: 'done',
    notebook: '/a.ipynb',
    startedAt,
    finishedAt: null,
    startedBy: null,
    retryOf: null,
  });
  const runs = [
    summary('r-12ab000000000000', 1),
    summary('r-12cd000000000000', 3),
    summary('r-9900000000000000', 2),
  ];

  test.each([
    ['r-12ab000000000000', 'r-12ab000000000000'],
    ['r-12c', 'r-12cd000000000000'],
    ['99', 'r-9900000000000000'],
    ['latest', 'r-12cd000000000000'],
  ])('by %s is %s', (text, run) => {
    expect(whichRun(text, runs)).toBe(run);
  });

  test('is refused when several begin so, with all of them', () => {
    expect(() => whichRun('12', runs)).toThrow(/r-12ab000000000000, r-12cd000000000000/);
  });

  test.each(['r-4', '', 'oldest'])('is refused when none begins with "%s"', (text) => {
    expect(() => whichRun(text, runs)).toThrow(/no run/);
  });

  test('is none where there are no runs', () => {
    expect(() => whichRun('latest', [])).toThrow(/no run/);
  });
});

describe('where an error was raised', () => {
  function raised(traceback: string[]): RunView {
    const view = emptyRunView();
    view.cells.set(0, { state: 'ok', durationMs: 1, executionCount: 1 });
    view.cells.set(2, { state: 'error', durationMs: 1, executionCount: 2 });
    view.outputs.add(2, { type: 'error', content: { ename: 'E', evalue: '', traceback } });
    view.state = 'raised';
    view.error = new CellfarmError('C4001', { ename: 'E', evalue: '' }, { cell: 2, line: 1 }).report;
    return view;
  }

  test('is told in both countings where another cell raised', () => {
    const view = raised(['Cell \u001b[32mIn[2]\u001b[0m, line 1', 'Cell In[1], line 5, in f(x)']);
    expect(raisedIn(view)).toEqual(['  That is In [2]; it was raised in cell 0 (In [1]), line 5']);
  });

  test('is told once where the cell itself raised', () => {
    expect(raisedIn(raised(['Cell In[2], line 1']))).toEqual(['  That is In [2]']);
  });
});

describe('a warning that was told before the run', () => {
  const note = (code: string, cell: number): RunEvent => ({
    type: 'run.note',
    run: RunId.parse('r-0000000000000000'),
    seq: 1,
    time: 0,
    level: 'warning',
    code,
    text: 'nothing seems to define "x"',
    cell,
  });
  const told: Diagnostic = {
    code: 'C2102',
    severity: 'warning',
    cell: 1,
    line: 1,
    column: null,
    message: 'nothing seems to define "x"',
    hint: '',
  };

  test.each([
    ['the same', note('undefined-name', 1), 0],
    ['one of another cell', note('undefined-name', 2), 1],
    ['one of another kind', note('opaque-cell', 1), 1],
  ])('is not told again by the run: %s', (_name, event, lines) => {
    const written: string[] = [];
    const screen = { write: (text: string) => written.push(text) };
    new Progress(screen, 2, [told]).onEvent(event, emptyRunView());
    expect(written).toHaveLength(lines);
  });
});

describe('the summary', () => {
  const view = (): RunView => ({ ...emptyRunView(), run: 'r-1', state: 'done', finishedAt: 1000 });
  const files = { record: '/record.json', executed: '/executed.ipynb' };
  const at = { line: 1, column: null, hint: '', message: '' };
  const graph = (cells: readonly number[]): TaskGraph => ({
    schema: 1,
    notebook: { path: '/a.ipynb', digest: Digest.parse('0'.repeat(64)) },
    cells: [],
    tasks: [],
    edges: [],
    loops: [],
    diagnostics: cells.map((cell) => ({ ...at, code: 'C2103', severity: 'info', cell })),
  });

  test('names the executed notebook and the loops over marked functions that stayed home', () => {
    expect(summaryText(summarise(view(), files), graph([1, 1, 3])).split('\n')).toEqual([
      'r-1 done in 1.00 s',
      '  at home: 3 loops over marked functions, in cells 1, 3; why: cellfarm compile /a.ipynb',
      'outputs: /executed.ipynb',
      'record: /record.json',
    ]);
  });

  test('says nothing of loops where none stayed home', () => {
    expect(summaryText(summarise(view(), files), graph([]))).not.toContain('at home');
  });
});
