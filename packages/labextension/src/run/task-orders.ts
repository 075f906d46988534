// What may be ordered about the work of one cell now: that it comes home, or that the run is cancelled because home itself is at it.
// Decides from the fold alone; the service has the last word.
import type { RunView } from '@cellfarm/protocol';
import type { Words } from '../text/words.js';
import type { CellNode } from './cell-nodes.js';
import { isOver } from './task-state.js';

export type TaskOrder =
  /** What is left of the task is done at home; the run goes on. */
  | { readonly type: 'bring-home'; readonly task: string }
  /** Home plays the cell itself: it cannot go on elsewhere. */
  | { readonly type: 'cancel-run'; readonly task: string }
  /** The attempt of a shard, or of a cell away, is ended; another one follows. */
  | { readonly type: 'try-again'; readonly task: string };

/** Null where nothing may be ordered. */
export function orderFor(node: CellNode, view: RunView): TaskOrder | null {
  if (view.state !== 'running' || view.startedAt === 0 || isOver(node.state)) return null;
  const task = leaving(node, view);
  if (task !== null) return { type: 'bring-home', task };
  const { index } = node.cell;
  return view.cells.get(index)?.state === 'running' ? { type: 'cancel-run', task: `c${index}` } : null;
}

/** The task that is away or is still to leave; null where all is home's. */
function leaving({ cell, map }: CellNode, view: RunView): string | null {
  const mayLeave = cell.away.filter(({ id }) => !view.cancelled.has(id));
  const open = map && map.view.wallMs === null ? mayLeave.find(({ id }) => id === map.task) : undefined;
  if (open) return open.id;
  const isOpened = (id: string): boolean => view.maps.some((known) => known.task === id);
  const isDone = (id: string): boolean => view.tasks.get(id)?.state === 'done';
  return mayLeave.find(({ id }) => !isOpened(id) && !isDone(id))?.id ?? null;
}

/** The order to try a shard again; null where nobody computes it. */
export function tryAgain(task: string, view: RunView): TaskOrder | null {
  const isRunning = view.state === 'running' && view.tasks.get(task)?.state === 'running';
  return isRunning ? { type: 'try-again', task } : null;
}

export function orderWord({ type }: TaskOrder, words: Words): string {
  switch (type) {
    case 'bring-home':
      return words.__('Bring home');
    case 'cancel-run':
      return words.__('Cancel run');
    case 'try-again':
      return words.__('Try again');
  }
}

/** What the order brings about, in a sentence. */
export function orderCaption({ type }: TaskOrder, words: Words): string {
  switch (type) {
    case 'bring-home':
      return words.__('Ends its work elsewhere. Home computes what is left, and the answer stays the same.');
    case 'cancel-run':
      return words.__('Home plays this cell itself, so the run ends here. Outputs so far are kept.');
    case 'try-again':
      return words.__('Ends this attempt and starts another one.');
  }
}
