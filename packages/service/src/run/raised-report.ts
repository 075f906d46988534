// What Jupyter tells of an exception, as an error of the catalogue with its cell and line. Pure.
import { CellfarmError, notebookFrames } from '@cellfarm/protocol';
import type { CellError, ErrorReport } from '@cellfarm/protocol';

export function raisedReport(error: Pick<CellError, 'ename' | 'evalue' | 'line'>, cell: number): ErrorReport {
  const place = error.line === null ? { cell } : { cell, line: error.line };
  return new CellfarmError('C4001', { ename: error.ename, evalue: error.evalue }, place).report;
}

/** The same from a result's `reason`, which is `<type>: <text>`. */
export function reasonParts(reason: string): { ename: string; evalue: string } {
  const colon = reason.indexOf(': ');
  if (colon < 0) return { ename: reason || 'Error', evalue: '' };
  return { ename: reason.slice(0, colon), evalue: reason.slice(colon + 2) };
}

/** Line of the cell with this execution count that IPython's traceback names first; null where it names none. */
export function lineInTraceback(traceback: readonly string[], executionCount: number): number | null {
  return notebookFrames(traceback).find(({ count }) => count === executionCount)?.line ?? null;
}
