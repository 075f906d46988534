// A run as people follow it: one node for each cell, in document order, with its state, its shards and what it waits
// for. Made anew from the plan and the fold whenever something is shown; keeps nothing. Pure.
import type { MapView, RunView, TaskView } from '@cellfarm/protocol';
import type { Need, PlanCell } from './plan-cells.js';
import { countStates, isOver, startedState, unfinishedState } from './task-state.js';
import type { ShownState, StateCounts } from './task-state.js';

export interface ShardNode {
  readonly task: string;
  readonly number: number;
  readonly state: ShownState;
  readonly view: TaskView | null;
}

export interface MapNode {
  readonly task: string;
  readonly view: MapView;
  readonly shards: readonly ShardNode[];
  readonly counts: StateCounts;
  /** Milliseconds until its last shard is done, at the pace so far; null while that says nothing. */
  readonly leftMs: number | null;
}

export interface CellNode {
  readonly cell: PlanCell;
  readonly state: ShownState;
  /** The latest execution of the cell's map, if it has one that began. */
  readonly map: MapNode | null;
  /** Where it waits: the needs that are not there yet. */
  readonly waitsFor: readonly Need[];
  readonly attempt: number;
  readonly worker: string | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number | null;
  readonly durationMs: number | null;
}

/** Shards done before a pace is told. */
const PACE_AFTER = 3;

/** @param now milliseconds since 1970 */
export function cellNodes(cells: readonly PlanCell[], view: RunView, now: number): CellNode[] {
  const tasks = shardsByMap(view);
  const nodes: CellNode[] = [];
  const over = new Map<number, boolean>();
  for (const cell of cells) {
    const node = nodeOf(cell, view, tasks, now, (need) => over.get(need.cell) === false);
    over.set(cell.index, isOver(node.state));
    nodes.push(node);
  }
  return nodes;
}

function nodeOf(
  cell: PlanCell,
  view: RunView,
  shards: ReadonlyMap<string, Map<number, TaskView>>,
  now: number,
  missing: (need: Need) => boolean,
): CellNode {
  const task = view.tasks.get(`c${cell.index}`) ?? null;
  const map = mapOfCell(cell, view, shards, now);
  const waitsFor = cell.needs.filter(missing);
  return {
    cell,
    state: stateOf(cell, view, task, map, waitsFor),
    map,
    waitsFor,
    attempt: task?.attempt ?? 0,
    worker: task?.worker ?? null,
    startedAt: task?.startedAt ?? null,
    durationMs: task?.durationMs ?? view.cells.get(cell.index)?.durationMs ?? null,
  };
}

function stateOf(
  cell: PlanCell,
  view: RunView,
  task: TaskView | null,
  map: MapNode | null,
  waitsFor: readonly Need[],
): ShownState {
  if (view.cells.get(cell.index)?.state === 'error') return 'failed';
  if (!task) {
    if (view.state !== 'running') return unfinishedState(view.state);
    return cell.place === 'away' && cell.own?.place === 'away' && waitsFor.length === 0 && view.tasks.size > 0
      ? 'queued'
      : 'waiting';
  }
  const state = startedState(task, view.state);
  return state === 'running' && map !== null && map.counts.retrying > 0 ? 'retrying' : state;
}

function mapOfCell(
  cell: PlanCell,
  view: RunView,
  shards: ReadonlyMap<string, Map<number, TaskView>>,
  now: number,
): MapNode | null {
  const ids = new Set<string>(cell.away.map((task) => task.id));
  const map = view.maps.findLast((candidate) => ids.has(candidate.task));
  if (!map) return null;
  const begun = shards.get(`${map.task}.${map.occurrence}`) ?? new Map<number, TaskView>();
  const atHome = map.homeFrom !== null && view.cells.get(cell.index)?.state === 'running';
  const nodes = Array.from({ length: map.shards }, (_, at): ShardNode => {
    const task = begun.get(at) ?? null;
    const state = task ? startedState(task, view.state) : notBegun(map, view, at);
    return {
      task: `${map.task}.${map.occurrence}/${at}`,
      number: at + 1,
      // Home computes the rest in one go, and says nothing of each.
      state: atHome && (task === null || task.state !== 'done') && at >= map.reused ? 'queued' : state,
      view: task,
    };
  });
  const counts = countStates(nodes.map(({ state }) => state));
  return { task: map.task, view: map, shards: nodes, counts, leftMs: leftMs(map, counts, now) };
}

/** Shards that no worker took: committed earlier, done by home itself, or still to come. */
function notBegun(map: MapView, view: RunView, at: number): ShownState {
  if (at < map.reused) return 'reused';
  if (map.wallMs !== null) return map.homeFrom === null ? 'reused' : 'done';
  return view.state === 'running' ? 'queued' : unfinishedState(view.state);
}

function leftMs(map: MapView, counts: StateCounts, now: number): number | null {
  const left = map.shards - counts.done - counts.reused;
  if (map.wallMs !== null || left === 0 || counts.done < PACE_AFTER) return null;
  return ((now - map.openedAt) / counts.done) * left;
}

/** Shards by `<map>.<occurrence>` and number. */
function shardsByMap(view: RunView): Map<string, Map<number, TaskView>> {
  const byMap = new Map<string, Map<number, TaskView>>();
  for (const [id, task] of view.tasks) {
    const slash = id.lastIndexOf('/');
    if (slash < 0) continue;
    const map = id.slice(0, slash);
    const shards = byMap.get(map) ?? new Map<number, TaskView>();
    byMap.set(map, shards.set(Number(id.slice(slash + 1)), task));
  }
  return byMap;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly counts: StateCounts;
}

/** How far a run is: every shard of an open map counts, and every cell that has none. */
export function progressOf(nodes: readonly CellNode[]): Progress {
  const states = nodes.flatMap((node) =>
    node.map ? node.map.shards.map(({ state }) => state) : [node.state],
  );
  const counts = countStates(states);
  return { done: counts.done + counts.reused, total: states.length, counts };
}
