// What may be behind a difference that the promise of the same answer leaves out: calls of chance that the differing cells and
// variables depend on. Pure; finding the calls is the compiler's business.
import type { ChanceCall } from '@cellfarm/compiler';
import { assertNever } from '@cellfarm/protocol';
import type { TaskGraph } from '@cellfarm/protocol';
import type { Difference } from './compare.js';

/** The cells that a difference shows in: its own, or those that bind or change its variable. */
function cellsOf({ cell, variable }: Difference, graph: TaskGraph): number[] {
  if (cell !== null) return [cell];
  return graph.cells
    .filter(({ writes, mutates }) => variable !== null && [...writes, ...mutates].includes(variable))
    .map(({ index }) => index);
}

/** These cells and all whose data they need, directly or not. */
function withSources(cells: readonly number[], graph: TaskGraph): Set<number> {
  const cellOf = new Map(graph.tasks.map((task) => [task.id, task.cells]));
  const reached = new Set(cells);
  for (const cell of reached) {
    const needed = graph.edges
      .filter(
        (edge) => (edge.kind === 'data' || edge.kind === 'region') && cellOf.get(edge.to)?.includes(cell),
      )
      .flatMap((edge) => cellOf.get(edge.from) ?? []);
    for (const each of needed) reached.add(each); // a set grows while it is walked
  }
  return reached;
}

function reasonOf({ kind, called }: ChanceCall): string {
  switch (kind) {
    case 'random':
      return `${called} draws random numbers without a seed`;
    case 'id':
      return `${called} makes another name at each run`;
    case 'time':
      return `${called} reads the time`;
    case 'process':
      return `${called} belongs to the process`;
    default:
      return assertNever(kind);
  }
}

/** One line for each call of chance that a difference may come from; none where nothing of the kind is found. */
export function explain(
  differences: readonly Difference[],
  graph: TaskGraph,
  calls: readonly ChanceCall[],
): string[] {
  const concerned = withSources(
    differences.flatMap((each) => cellsOf(each, graph)),
    graph,
  );
  return calls
    .filter(({ cell }) => concerned.has(cell))
    .map((call) => `cell ${call.cell}, line ${call.line}: ${reasonOf(call)}`);
}
