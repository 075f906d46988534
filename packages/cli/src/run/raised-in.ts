// Where the exception of a run came from, in the words of both countings: cells of the file from 0, and `In [n]`. Pure.
import type { RunView } from '@cellfarm/protocol';
import { withoutColour } from './terminal.js';

/** The last line of the notebook that IPython's traceback goes through; null where it names none. */
function lastFrame(traceback: readonly string[]): { count: number; line: number } | null {
  const frame = [
    ...withoutColour(traceback.join('\n')).matchAll(/(?:Cell|Input) In ?\[(\d+)\], line (\d+)/g),
  ].at(-1);
  return frame ? { count: Number(frame[1]), line: Number(frame[2]) } : null;
}

/** A line such as `  That is In [2]; it was raised in cell 0 (In [1]), line 5`; none for runs that did not raise. */
export function raisedIn(view: RunView): string[] {
  const cell = view.error?.cell ?? null;
  if (view.state !== 'raised' || cell === null) return [];
  const own = view.cells.get(cell);
  const error = view.outputs.of(cell).findLast((output) => output.output_type === 'error');
  if (!own || error?.output_type !== 'error') return [];
  const frame = lastFrame(error.traceback);
  const elsewhere = frame !== null && (frame.count !== own.executionCount || frame.line !== view.error?.line);
  const [raiser] = [...view.cells].find(([, { executionCount }]) => executionCount === frame?.count) ?? [];
  return [
    `  That is In [${own.executionCount}]${elsewhere && raiser !== undefined ? `; it was raised in cell ${raiser} (In [${frame.count}]), line ${frame.line}` : ''}`,
  ];
}
