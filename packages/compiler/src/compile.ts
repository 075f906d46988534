// The compiler from end to end: cells -> trees -> interpretation -> facts -> dependences -> loops -> tasks and edges.
// Pure and deterministic: the same snapshot and answers give the same graph.
import { GRAPH_SCHEMA, type Compiled, type NotebookSnapshot } from '@cellfarm/protocol';
import { analyseCells } from './analyse-cells.js';
import { buildGraph, type CellOutcome } from './build-graph.js';
import { factsOf } from './cell-facts.js';
import { findDependences } from './dependences.js';
import { diagnosticsOf } from './diagnostics.js';
import { mayLeave } from './leaving.js';
import { judgeLoop } from './loops/judge-loop.js';
import type { OracleAnswers, OracleQuestion } from './oracle.js';
import { oracleQuestion, parseCell, prepareCells } from './parse-cell.js';
import { parseSource } from './parse-source.js';
import { buildScopes } from './scopes.js';
import { noteResults, reducesMap, type MapResults } from './reductions.js';
import { undefinedNames } from './undefined-names.js';

export interface CompileOptions {
  /** CPython's answers to `cellsNeedingOracle`; without them such cells are not understood. @default none */
  readonly answers?: OracleAnswers;
}

/** Names that a text binds at its top level; none when it does not parse. */
function topLevelNames(python: string): Iterable<string> {
  const parsed = parseSource(python);
  return parsed.ok ? buildScopes(parsed.module).of(parsed.module).bound : [];
}

/** The questions CPython should answer before a notebook is compiled; an id is the cell's index. */
export function cellsNeedingOracle(snapshot: NotebookSnapshot): OracleQuestion[] {
  const prepared = prepareCells(snapshot.cells, topLevelNames);
  return snapshot.cells.flatMap((cell, i) => {
    const ready = prepared[i];
    if (!ready || cell.tags.role === 'skip') return [];
    const source = oracleQuestion(ready);
    return source === null ? [] : [{ id: String(cell.index), source }];
  });
}

export function compile(snapshot: NotebookSnapshot, options: CompileOptions = {}): Compiled {
  const prepared = prepareCells(snapshot.cells, topLevelNames);
  const parsed = snapshot.cells.map((cell, i) => {
    const ready = prepared[i];
    if (!ready) throw new RangeError(`cell ${cell.index} was not prepared`);
    return parseCell(cell, ready, options.answers?.get(String(cell.index)));
  });
  const analysis = analyseCells(parsed);
  const results: MapResults = new Map();
  const outcomes: CellOutcome[] = [];
  for (const each of analysis.cells) {
    if (each.status === 'skipped') continue;
    const loops = each.loops
      .map((candidate) => judgeLoop(candidate, each, analysis.world))
      .filter((judged) => judged !== null)
      .sort(
        (a, b) =>
          a.candidate.node.lineno - b.candidate.node.lineno ||
          a.candidate.node.col_offset - b.candidate.node.col_offset,
      );
    noteResults(each, loops, results);
    outcomes.push({
      analysis: each,
      loops,
      leaving: mayLeave(each, analysis.world.hiddenNames === 'anything'),
      reduces: reducesMap(each, loops, results),
    });
  }
  const { tasks, edges, plans } = buildGraph(outcomes, findDependences(analysis.cells), analysis.world);
  const diagnostics = [...outcomes.flatMap(diagnosticsOf), ...undefinedNames(analysis)];
  diagnostics.sort(
    (a, b) =>
      (a.cell ?? -1) - (b.cell ?? -1) || (a.line ?? 0) - (b.line ?? 0) || a.code.localeCompare(b.code),
  );
  return {
    graph: {
      schema: GRAPH_SCHEMA,
      notebook: { path: snapshot.path, digest: snapshot.digest },
      cells: analysis.cells.map(factsOf),
      tasks,
      edges,
      loops: outcomes.flatMap(({ loops }) => loops.map(({ verdict }) => verdict)),
      diagnostics,
    },
    plans,
  };
}
