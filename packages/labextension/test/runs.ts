// Small plans and the events of runs, as the service would send them.
import { applyEvent, emptyRunView } from '@cellfarm/protocol';
import type { RunEvent, RunEventBody, RunId, RunView, TaskGraph } from '@cellfarm/protocol';
import { planCells } from '../src/run/plan-cells.js';
import type { PlanCell } from '../src/run/plan-cells.js';

const RUN = 'r-0000000000000007' as RunId;

/** Events one after the other, `everyMs` apart, from time 1000. */
export function events(bodies: readonly RunEventBody[], everyMs = 100): RunEvent[] {
  return bodies.map((body, at) => ({ ...body, seq: at + 1, time: 1000 + at * everyMs, run: RUN }));
}

export function viewOf(stream: readonly RunEvent[]): RunView {
  const view = emptyRunView();
  for (const event of stream) applyEvent(view, event);
  return view;
}

export const started: RunEventBody = {
  type: 'run.started',
  notebook: '/n/sweep.ipynb',
  digest: '0'.repeat(64),
  python: '/usr/bin/python3',
  workers: 2,
  fork: true,
  target: 'local',
  cells: 3,
};

export const task = (id: string, worker: string, attempt = 1): RunEventBody =>
  ({ type: 'task.started', task: id, attempt, worker, host: 'box' }) as RunEventBody;

export const ended = (id: string, worker: string, durationMs = 50, cached = false): RunEventBody =>
  ({ type: 'task.finished', task: id, attempt: 1, worker, durationMs, cached }) as RunEventBody;

export const opened = (id: string, shards: number, reused = 0): RunEventBody =>
  ({
    type: 'map.opened',
    task: id,
    occurrence: 0,
    count: shards,
    shards,
    way: 'fork',
    reused,
  }) as RunEventBody;

/** Three cells: settings at home, a map over them that leaves home, and its reader. */
export const graph = {
  schema: 1,
  notebook: { path: '/n/sweep.ipynb', digest: '0'.repeat(64) },
  cells: [facts(1, [], ['settings']), facts(2, ['settings'], ['scores']), facts(3, ['scores'], ['best'])],
  tasks: [
    taskOf('c1', 1, 'single', 'home', null),
    taskOf('c2.m0', 2, 'map', 'away', 'settings'),
    taskOf('c2', 2, 'single', 'home', null),
    taskOf('c3', 3, 'single', 'home', null),
  ],
  edges: [edge('c1', 'c2', 'settings@0'), edge('c1', 'c2.m0', 'settings@0'), edge('c2', 'c3', 'scores@0')],
  loops: [
    {
      cell: 2,
      line: 1,
      skeleton: 'map',
      verdict: 'parallel',
      confidence: 'asserted',
      reason: { code: 'claimed', text: 'the cell has the role map' },
      fix: null,
    },
  ],
  diagnostics: [],
} as unknown as TaskGraph;

export const cells: readonly PlanCell[] = planCells(
  graph,
  ['Settings', 'Sweep', 'Best'].map((title, at) => ({
    index: at + 1,
    id: `id-${at + 1}`,
    number: at + 1,
    title,
  })),
);

function facts(index: number, reads: string[], writes: string[]): object {
  return {
    index,
    id: `id-${index}`,
    status: 'ok',
    reads,
    writes,
    mutates: [],
    imports: [],
    effects: [],
    barrier: false,
  };
}

function taskOf(id: string, cell: number, skeleton: string, place: string, over: string | null): object {
  return { id, cells: [cell], skeleton, place, role: 'auto', target: 'auto', resources: {}, over };
}

function edge(from: string, to: string, name: string): object {
  return {
    from,
    to,
    kind: 'data',
    names: [name],
    confidence: 'proved',
    reasons: [{ code: 'reads', cell: 2, line: 1, text: '' }],
  };
}
