// The compiler from end to end: cells -> trees -> interpretation -> facts -> dependences -> loops -> tasks and edges.
// Pure and deterministic: the same snapshot and answers give the same graph.
import { GRAPH_SCHEMA, type Compiled, type LoopVerdict, type NotebookSnapshot } from '@cellfarm/protocol';
import { analyseCells, type NotebookAnalysis } from './analyse-cells.js';
import { buildGraph, type CellOutcome } from './build-graph.js';
import { factsOf } from './cell-facts.js';
import { chanceCallsOf, type ChanceCall } from './chance-calls.js';
import { findDependences } from './dependences.js';
import { diagnosticsOf } from './diagnostics.js';
import { importsFramework } from './frameworks.js';
import { mayLeave } from './leaving.js';
import { judgeLoop } from './loops/judge-loop.js';
import { otherLoops } from './loops/other-loops.js';
import type { OracleAnswers, OracleQuestion } from './oracle.js';
import { oracleQuestion, parseCell, prepareCells } from './parse-cell.js';
import { parseSource } from './parse-source.js';
import { buildScopes } from './scopes.js';
import { misuses } from './misuses.js';
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

/** What is said of a cell's loops, in the order of their lines. Of a loop in another shape only that is said. */
function verdictsOf({ loops, otherLoops: others }: CellOutcome): LoopVerdict[] {
  const elsewhere = new Set<object>(others.map(({ node }) => node));
  const judged = loops.filter(({ candidate, asked }) => asked || !elsewhere.has(candidate.node));
  return [...judged, ...others].map(({ verdict }) => verdict).sort((a, b) => a.line - b.line);
}

function analyse(snapshot: NotebookSnapshot, options: CompileOptions): NotebookAnalysis {
  const prepared = prepareCells(snapshot.cells, topLevelNames);
  return analyseCells(
    snapshot.cells.map((cell, i) => {
      const ready = prepared[i];
      if (!ready) throw new RangeError(`cell ${cell.index} was not prepared`);
      return parseCell(cell, ready, options.answers?.get(String(cell.index)));
    }),
  );
}

/** Calls that give something else at each run, as far as the notebook can be read without CPython's help. */
export function chanceCalls(snapshot: NotebookSnapshot): ChanceCall[] {
  return chanceCallsOf(analyse(snapshot, {}));
}

export function compile(snapshot: NotebookSnapshot, options: CompileOptions = {}): Compiled {
  const analysis = analyse(snapshot, options);
  const results: MapResults = new Map();
  const outcomes: CellOutcome[] = [];
  const around = {
    hiddenCode: analysis.world.hiddenNames === 'anything',
    trainable: importsFramework(analysis.cells),
  };
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
    const reduces = reducesMap(each, loops, results);
    outcomes.push({
      analysis: each,
      loops,
      otherLoops: otherLoops(each, loops, reduces, analysis.world),
      leaving: mayLeave(each, around),
      reduces,
    });
  }
  const { tasks, edges, plans } = buildGraph(outcomes, findDependences(analysis.cells), analysis.world);
  const diagnostics = [
    ...outcomes.flatMap((outcome) => diagnosticsOf(outcome, outcomes)),
    ...undefinedNames(analysis),
    ...misuses(analysis),
  ];
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
      loops: outcomes.flatMap(verdictsOf),
      diagnostics,
    },
    plans,
  };
}
