// The frameworks whose training can be shared out over ranks: those that cellfarm's Python package has an adapter for.
import type { CellAnalysis } from './analyse-cells.js';

/** Module names, as in `cellfarm/adapters`. */
const FRAMEWORKS: ReadonlySet<string> = new Set(['torch']);

export function importsFramework(cells: readonly CellAnalysis[]): boolean {
  return cells.some(({ seen }) =>
    [...seen.imports].some((module) => FRAMEWORKS.has(module.split('.')[0] ?? '')),
  );
}
