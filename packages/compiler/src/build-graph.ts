// Last stage: cells, loops and dependences to tasks and edges. A cell is the task `c<index>`; a loop that is handed out is
// its child `c<index>.m<k>`, which needs what the loop reads and is joined by its cell's own task.
import type { CellPlan, Edge, LoopSite, Skeleton, Task, TaskId } from '@cellfarm/protocol';
import type { CellAnalysis } from './analyse-cells.js';
import type { Dependence } from './dependences.js';
import type { Leaving } from './leaving.js';
import type { JudgedLoop } from './loops/judge-loop.js';
import { loopSite } from './loops/loop-site.js';
import type { OtherLoop } from './loops/other-loops.js';
import { mergedResources, targetOf } from './task-resources.js';
import { textOf } from './source-text.js';
import type { World } from './world.js';

/** All that was found out about one cell that runs. */
export interface CellOutcome {
  readonly analysis: CellAnalysis;
  readonly loops: readonly JudgedLoop[];
  /** Loops over functions with a claim whose shape is not handed out. */
  readonly otherLoops: readonly OtherLoop[];
  readonly leaving: Leaving;
  /** It takes the results of a map together. */
  readonly reduces: boolean;
}

export interface BuiltGraph {
  readonly tasks: Task[];
  readonly edges: Edge[];
  readonly plans: CellPlan[];
}

function cellTask(outcome: CellOutcome): Task {
  const { analysis, leaving } = outcome;
  const { tags, index } = analysis.cell;
  return {
    id: taskOf(index),
    cells: [index],
    skeleton: skeletonOf(outcome),
    place: leaving.kind === 'away' ? 'away' : 'home',
    role: tags.role,
    target: tags.target,
    resources: tags.resources,
    over: null,
  };
}

function skeletonOf({ analysis, leaving, reduces }: CellOutcome): Skeleton {
  if (analysis.status === 'opaque') return 'opaque';
  if (leaving.kind === 'away' && leaving.trains) return 'data-parallel';
  return reduces ? 'map-reduce' : 'single';
}

function taskOf(cell: number): TaskId {
  return `c${cell}` as TaskId;
}

interface MapTask {
  readonly task: Task;
  readonly site: LoopSite;
}

function mapTasks(outcome: CellOutcome, world: World): MapTask[] {
  const { analysis } = outcome;
  const made: MapTask[] = [];
  for (const { candidate, verdict } of outcome.loops) {
    if (verdict.verdict !== 'parallel') continue;
    const id = `${taskOf(analysis.cell.index)}.m${made.length}` as TaskId;
    const site = loopSite(candidate, id, analysis.parsed.prepared.blankLines, world);
    if (!site) continue;
    const task: Task = {
      id,
      cells: [analysis.cell.index],
      skeleton: 'map',
      place: 'away',
      role: 'map',
      target: targetOf(candidate, analysis.cell),
      resources: mergedResources(candidate, analysis.cell),
      over: textOf(analysis.parsed.prepared.python, candidate.over),
    };
    made.push({ task, site });
  }
  return made;
}

function nameOf(label: string): string {
  return label.slice(0, label.lastIndexOf('@'));
}

/** The edges of a map: those of its cell that carry what the loop reads, and the one to its cell, which joins the results. */
function mapEdges({ task, site }: MapTask, owner: TaskId, cell: number, incoming: readonly Edge[]): Edge[] {
  const over = new Set(task.over?.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []);
  const edges: Edge[] = [];
  for (const edge of incoming) {
    const names = edge.names.filter((label) => site.reads.includes(nameOf(label)) || over.has(nameOf(label)));
    if (names.length > 0 || edge.kind === 'control') edges.push({ ...edge, to: task.id, names });
  }
  const text = `the loop in line ${site.span.line} waits for its elements`;
  edges.push({
    from: task.id,
    to: owner,
    kind: 'data',
    names: [],
    confidence: 'proved',
    reasons: [{ code: 'joins-map', cell, line: site.span.line, text }],
  });
  return edges;
}

function reachable(from: TaskId, to: TaskId, edges: readonly Edge[]): boolean {
  const next = new Map<TaskId, TaskId[]>();
  for (const edge of edges) next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
  const seen = new Set<TaskId>([from]);
  const todo = [from];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (at === to) return true;
    for (const each of next.get(at) ?? []) {
      if (seen.has(each)) continue;
      seen.add(each);
      todo.push(each);
    }
  }
  return false;
}

/** Home plays its cells in the order of the document even where nothing else orders them. */
function documentOrder(tasks: readonly Task[], edges: readonly Edge[]): Edge[] {
  const home = tasks.filter((task) => task.place === 'home');
  const added: Edge[] = [];
  home.forEach((task, i) => {
    const before = home[i - 1];
    if (!before || reachable(before.id, task.id, edges)) return;
    const cell = task.cells[0] ?? 0;
    const text = `home plays cell ${before.cells[0] ?? 0} before cell ${cell}`;
    added.push({
      from: before.id,
      to: task.id,
      kind: 'order',
      names: [],
      confidence: 'sequential',
      reasons: [{ code: 'document-order', cell, line: null, text }],
    });
  });
  return added;
}

export function buildGraph(
  outcomes: readonly CellOutcome[],
  dependences: readonly Dependence[],
  world: World,
): BuiltGraph {
  const tasks: Task[] = [];
  const edges: Edge[] = [];
  const plans: CellPlan[] = [];
  const empty = new Set(
    outcomes
      .filter(({ analysis }) => analysis.cell.source.trim() === '')
      .map(({ analysis }) => analysis.cell.index),
  );
  for (const outcome of outcomes) {
    const { index } = outcome.analysis.cell;
    if (empty.has(index)) continue;
    const task = cellTask(outcome);
    const maps = mapTasks(outcome, world);
    const incoming = dependences
      .filter((each) => each.to === index && !empty.has(each.from))
      .map((each): Edge => ({
        from: taskOf(each.from),
        to: task.id,
        kind: each.kind,
        names: [...each.names].sort(),
        confidence: each.confidence,
        reasons: [...each.reasons],
      }));
    tasks.push(...maps.map((each) => each.task), task);
    edges.push(...incoming, ...maps.flatMap((each) => mapEdges(each, task.id, index, incoming)));
    plans.push({
      cell: index,
      task: task.id,
      loops: maps.map((each) => each.site),
      ship: outcome.leaving.kind === 'away' ? outcome.leaving.ship : null,
      trains: task.skeleton === 'data-parallel',
    });
  }
  return { tasks, edges: [...edges, ...documentOrder(tasks, edges)], plans };
}
