// The one fold from a run's events to what is shown of it: command line, record on disk and panels use the same.
import { assertNever } from './assert-never.js';
import { CellOutputs } from './cell-outputs.js';
import type { ErrorReport } from './errors.js';
import type { RunEvent, RunState } from './run-events.js';

export interface TaskView {
  state: 'running' | 'done' | 'failed';
  attempt: number;
  worker: string;
  startedAt: number;
  durationMs: number | null;
  cached: boolean;
}

export interface CellView {
  state: 'running' | 'ok' | 'error';
  executionCount: number;
  durationMs: number | null;
}

/** One execution of a map: how its elements were shared out and what that brought. Times in milliseconds. */
export interface MapView {
  task: string;
  occurrence: number;
  count: number;
  shards: number;
  way: 'fork' | 'ship';
  reused: number;
  openedAt: number;
  wallMs: number | null;
  /** Sum of the shards' own durations: what one worker would have needed. */
  busyMs: number;
  /** Shards finished by each worker. */
  workers: Record<string, number>;
  homeFrom: number | null;
  reason: string;
}

export interface ProcessView {
  part: 'home' | 'worker' | 'shard';
  pid: number;
  host: string;
  state: 'up' | 'lost';
}

export interface RunView {
  run: string;
  state: RunState;
  seq: number;
  notebook: string;
  digest: string;
  startedAt: number;
  finishedAt: number | null;
  error: ErrorReport | null;
  cells: Map<number, CellView>;
  tasks: Map<string, TaskView>;
  /** Tasks that were brought home: they do not leave any more. */
  cancelled: Set<string>;
  maps: MapView[];
  processes: Map<string, ProcessView>;
  notes: { level: string; code: string; text: string; cell: number | null }[];
  variables: Record<string, { type: string; digest: string | null }> | null;
  outputs: CellOutputs;
}

export function emptyRunView(): RunView {
  return {
    run: '',
    state: 'running',
    seq: 0,
    notebook: '',
    digest: '',
    startedAt: 0,
    finishedAt: null,
    error: null,
    cells: new Map(),
    tasks: new Map(),
    cancelled: new Set(),
    maps: [],
    processes: new Map(),
    notes: [],
    variables: null,
    outputs: new CellOutputs(),
  };
}

/** Task id of the map that a shard belongs to: `c3.m0.1/12` -> `c3.m0`; null for other tasks. */
export function mapOf(task: string): string | null {
  const slash = task.lastIndexOf('/');
  if (slash < 0) return null;
  const dot = task.lastIndexOf('.', slash);
  return dot < 0 ? null : task.slice(0, dot);
}

function openMap(view: RunView, task: string): MapView | undefined {
  return view.maps.findLast((map) => map.task === task);
}

/** Applies one event, in order, to a view that the caller owns. Events at or below `view.seq` are ignored. */
export function applyEvent(view: RunView, event: RunEvent): void {
  if (event.seq <= view.seq) return;
  view.seq = event.seq;
  switch (event.type) {
    case 'run.started':
      Object.assign(view, {
        run: event.run,
        notebook: event.notebook,
        digest: event.digest,
        startedAt: event.time,
      });
      return;
    case 'run.resumed':
      Object.assign(view, { state: 'running', finishedAt: null, error: null });
      return;
    case 'process.started':
      view.processes.set(`${event.worker}@${event.epoch}`, {
        part: event.part,
        pid: event.pid,
        host: event.host,
        state: 'up',
      });
      return;
    case 'process.lost': {
      const lost = view.processes.get(`${event.worker}@${event.epoch}`);
      if (lost) lost.state = 'lost';
      return;
    }
    case 'task.started':
      view.tasks.set(event.task, {
        state: 'running',
        attempt: event.attempt,
        worker: event.worker,
        startedAt: event.time,
        durationMs: null,
        cached: false,
      });
      return;
    case 'task.finished': {
      const before = view.tasks.get(event.task);
      view.tasks.set(event.task, {
        state: 'done',
        attempt: event.attempt,
        worker: event.worker,
        startedAt: before?.startedAt ?? event.time - event.durationMs,
        durationMs: event.durationMs,
        cached: event.cached,
      });
      const map = mapOf(event.task);
      const opened = map === null ? undefined : openMap(view, map);
      if (opened && !event.cached) {
        opened.busyMs += event.durationMs;
        opened.workers[event.worker] = (opened.workers[event.worker] ?? 0) + 1;
      }
      return;
    }
    case 'task.failed': {
      const failed = view.tasks.get(event.task);
      if (failed) failed.state = 'failed';
      return;
    }
    case 'task.cancelling':
      view.cancelled.add(event.task);
      return;
    case 'cell.started':
      view.cells.set(event.cell, {
        state: 'running',
        executionCount: event.executionCount,
        durationMs: null,
      });
      return;
    case 'cell.replayed':
      view.outputs.reset(event.cell);
      return;
    case 'cell.output':
      view.outputs.add(event.cell, event.output);
      return;
    case 'cell.finished': {
      const cell = view.cells.get(event.cell);
      if (cell) Object.assign(cell, { state: event.state, durationMs: event.durationMs });
      return;
    }
    case 'map.opened':
      view.maps.push({
        task: event.task,
        occurrence: event.occurrence,
        count: event.count,
        shards: event.shards,
        way: event.way,
        reused: event.reused,
        openedAt: event.time,
        wallMs: null,
        busyMs: 0,
        workers: {},
        homeFrom: null,
        reason: '',
      });
      return;
    case 'map.closed': {
      const map = openMap(view, event.task);
      if (map)
        Object.assign(map, {
          wallMs: event.time - map.openedAt,
          homeFrom: event.homeFrom,
          reason: event.reason,
        });
      return;
    }
    case 'run.note':
      view.notes.push({ level: event.level, code: event.code, text: event.text, cell: event.cell });
      return;
    case 'run.cancelling':
      return;
    case 'run.variables':
      view.variables = event.variables;
      return;
    case 'run.finished':
      Object.assign(view, { state: event.state, finishedAt: event.time, error: event.error });
      return;
    default:
      assertNever(event);
  }
}
