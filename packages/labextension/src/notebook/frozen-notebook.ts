// A notebook as it is compiled and run: what the service needs, frozen at one moment, and what is read of it here. Pure.
import type { TaskGraph } from '@cellfarm/protocol';
import { planCells } from '../run/plan-cells.js';
import type { PlanCell } from '../run/plan-cells.js';
import type { Words } from '../text/words.js';
import { titledCells } from './cell-titles.js';
import type { SourceCell } from './cell-titles.js';

export interface FrozenNotebook {
  /** Absolute path on the server. */
  readonly path: string;
  /** The file's text. */
  readonly content: string;
}

export function plannedCells(graph: TaskGraph, frozen: FrozenNotebook, words: Words): PlanCell[] {
  return planCells(graph, titledCells(cellsIn(frozen), words));
}

/** Bytes of each cell's source, by its index. */
export function sourceSizes(frozen: FrozenNotebook): Map<number, number> {
  const encoder = new TextEncoder();
  return new Map(
    cellsIn(frozen).map(({ source }, index) => [
      index,
      encoder.encode(typeof source === 'string' ? source : source.join('')).length,
    ]),
  );
}

function cellsIn({ content }: FrozenNotebook): SourceCell[] {
  return (JSON.parse(content) as { cells: SourceCell[] }).cells;
}
