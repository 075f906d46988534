// Notebooks for the tests: a list of cells to a compiled graph, with short ways to look at it.
import { createHash } from 'node:crypto';
import type { Compiled, TaskGraph } from '@cellfarm/protocol';
import { compile, parseNotebook, type CompileOptions, type ReadResult } from '../../src/index.js';

/** A cell's source, or its source with tags of cellfarm and of Jupyter. */
export type CellSketch = string | { source: string; cellfarm?: unknown; tags?: string[] };

const TARGETS = ['auto', 'local', 'docker', 'kubernetes', 'slurm', 'gpu'];

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function notebookText(cells: readonly CellSketch[], more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map((cell, index) => {
      const { source, cellfarm, tags } =
        typeof cell === 'string'
          ? { source: cell, cellfarm: undefined, tags: undefined }
          : { cellfarm: undefined, tags: undefined, ...cell };
      const metadata = { ...(cellfarm === undefined ? {} : { cellfarm }), ...(tags ? { tags } : {}) };
      return { cell_type: 'code', id: `id-${index}`, metadata, source, outputs: [], execution_count: null };
    }),
    ...more,
  });
}

export function read(text: string): ReadResult {
  return parseNotebook('test.ipynb', text, { sha256, targets: TARGETS });
}

export function compiled(cells: readonly CellSketch[], options: CompileOptions = {}): Compiled {
  const { snapshot, diagnostics } = read(notebookText(cells));
  if (!snapshot) throw new Error(`the notebook was refused: ${JSON.stringify(diagnostics)}`);
  return compile(snapshot, options);
}

export function graphOf(cells: readonly CellSketch[], options: CompileOptions = {}): TaskGraph {
  return compiled(cells, options).graph;
}

/** `c0->c1` for each edge that is not only the document's order. */
export function arrows(graph: TaskGraph): string[] {
  const found = graph.edges.filter((edge) => edge.kind !== 'order').map((edge) => `${edge.from}->${edge.to}`);
  return [...new Set(found)].sort();
}
