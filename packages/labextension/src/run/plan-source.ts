// A plan as the panels show it: every cell waits for its turn, nothing runs.
import { emptyRunView } from '@cellfarm/protocol';
import type { TaskGraph } from '@cellfarm/protocol';
import { Signal } from '@lumino/signaling';
import { Attempts } from './attempts.js';
import { cellNodes } from './cell-nodes.js';
import type { PlanCell } from './plan-cells.js';
import type { RunSource } from './run-source.js';

export function planSource(path: string, graph: TaskGraph, cells: readonly PlanCell[]): RunSource {
  const view = { ...emptyRunView(), notebook: path };
  const source: RunSource = {
    run: null,
    view,
    attempts: new Attempts(),
    graph,
    cells,
    feedState: 'ended',
    problem: null,
    gone: false,
    get changed() {
      return changed;
    },
    nodes: (now) => cellNodes(cells, view, now),
    cancel: () => Promise.resolve(),
  };
  const changed = new Signal<RunSource, void>(source);
  return source;
}
