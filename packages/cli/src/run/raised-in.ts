// Where the exception of a run came from, in the words of both countings: cells of the file from 0, and `In [n]`. Pure.
import { notebookFrames } from '@cellfarm/protocol';
import type { RunView } from '@cellfarm/protocol';

/** A line such as `  That is In [2]; it was raised in cell 0 (In [1]), line 5`; none for runs that did not raise. */
export function raisedIn(view: RunView): string[] {
  const cell = view.error?.cell ?? null;
  if (view.state !== 'raised' || cell === null) return [];
  const own = view.cells.get(cell);
  const error = view.outputs.of(cell).findLast((output) => output.output_type === 'error');
  if (!own || error?.output_type !== 'error') return [];
  const frame = notebookFrames(error.traceback).at(-1) ?? null;
  const elsewhere = frame !== null && (frame.count !== own.executionCount || frame.line !== view.error?.line);
  const [raiser] = [...view.cells].find(([, { executionCount }]) => executionCount === frame?.count) ?? [];
  return [
    `  That is In [${own.executionCount}]${elsewhere && raiser !== undefined ? `; it was raised in cell ${raiser} (In [${frame.count}]), line ${frame.line}` : ''}`,
  ];
}
