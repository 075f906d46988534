// Finds the cells that take the results of a map together: role `reduce`, or a call of a function under `@cellfarm.reduce`.
// They run at home as the map's join.
import type { CellAnalysis } from './analyse-cells.js';
import type { JudgedLoop } from './loops/judge-loop.js';
import { asNode } from './py-node.js';
import type { Stmt } from './py-node.js';

/** Names that hold the results of maps, with the cell that made them. */
export type MapResults = Map<string, number>;

function statements(body: readonly Stmt[]): Stmt[] {
  return body.flatMap((statement) => {
    if (
      statement.nodeType === 'FunctionDef' ||
      statement.nodeType === 'AsyncFunctionDef' ||
      statement.nodeType === 'ClassDef'
    )
      return [];
    const nested = ['body', 'orelse', 'finalbody'].flatMap(
      (field) => (asNode(statement)[field] as Stmt[] | undefined) ?? [],
    );
    return [statement, ...statements(nested)];
  });
}

/** Adds the names to which a cell's accepted loops give their results. */
export function noteResults(analysis: CellAnalysis, loops: readonly JudgedLoop[], results: MapResults): void {
  const accepted = new Set<object>(
    loops.filter(({ verdict }) => verdict.verdict === 'parallel').map(({ candidate }) => candidate.node),
  );
  for (const { candidate } of loops) {
    if (accepted.has(candidate.node))
      for (const name of candidate.accumulators) results.set(name, analysis.cell.index);
  }
  if (analysis.parsed.kind !== 'parsed') return;
  for (const statement of statements(analysis.parsed.module.body)) {
    if (statement.nodeType !== 'Assign' || !accepted.has(statement.value)) continue;
    for (const target of statement.targets)
      if (target.nodeType === 'Name') results.set(target.id, analysis.cell.index);
  }
}

function readsResult(analysis: CellAnalysis, name: string, results: MapResults): boolean {
  const from = results.get(name);
  if (from === undefined) return false;
  if (from === analysis.cell.index) return true;
  return [...(analysis.seen.reads.get(name)?.versions ?? [])].some((version) => version.cell === from);
}

export function reducesMap(
  analysis: CellAnalysis,
  loops: readonly JudgedLoop[],
  results: MapResults,
): boolean {
  if (analysis.cell.tags.role === 'reduce')
    return [...analysis.seen.reads.keys()].some((name) => readsResult(analysis, name, results));
  const accepted = new Set<object>(
    loops.filter(({ verdict }) => verdict.verdict === 'parallel').map(({ candidate }) => candidate.node),
  );
  return [...analysis.reductions].some((call) =>
    call.args.some(
      (arg) => accepted.has(arg) || (arg.nodeType === 'Name' && readsResult(analysis, arg.id, results)),
    ),
  );
}
