// What is said under a cell of a run, if anything: how far its map is, how it failed and what to do, or why it did not
// run. Pure. A cell that simply ran says nothing.
import { notebookFrames } from '@cellfarm/protocol';
import type { ErrorReport, RunView } from '@cellfarm/protocol';
import type { CellNode } from '../run/cell-nodes.js';
import { countWords } from '../run/state-words.js';
import { SHOWN_STATES } from '../run/task-state.js';
import type { ShownState } from '../run/task-state.js';
import { duration } from '../text/duration.js';
import { capital } from '../text/sentence.js';
import type { Words } from '../text/words.js';

/** Share of a progress bar, in percent. */
export interface Share {
  readonly state: ShownState;
  readonly percent: number;
}

export type CellNote =
  | {
      readonly kind: 'progress';
      readonly shares: readonly Share[];
      readonly text: string;
      readonly left: string;
    }
  | { readonly kind: 'error'; readonly report: ErrorReport; readonly where: string; readonly title: string }
  | { readonly kind: 'quiet'; readonly state: ShownState; readonly text: string };

export function cellNote(
  node: CellNode,
  nodes: readonly CellNode[],
  view: RunView,
  words: Words,
): CellNote | null {
  const { error } = view;
  if (error !== null && error.cell === node.cell.index && view.state !== 'running') {
    return errorNote(error, node, nodes, view, words);
  }
  switch (node.state) {
    case 'running':
    case 'retrying':
      return progressNote(node, words);
    case 'not-run':
      return quiet(node.state, notRunText(nodes, view, words));
    case 'cancelled':
      return node.startedAt === null ? null : cancelledNote(node, view, words);
    case 'done':
      return doneNote(node, words);
    default:
      return null;
  }
}

function errorNote(
  report: ErrorReport,
  node: CellNode,
  nodes: readonly CellNode[],
  view: RunView,
  words: Words,
): CellNote {
  const { number } = node.cell;
  const where =
    report.line === null
      ? words.__('Cell [%1]', number)
      : words.__('Cell [%1], line %2', number, report.line);
  const raised = raisedElsewhere(report, nodes, view, words);
  return {
    kind: 'error',
    report,
    where: raised === null ? where : `${where}; ${raised}`,
    title: titleOf(report),
  };
}

/** Where the exception came from, if that is another line than the one which led there; null otherwise. */
function raisedElsewhere(
  report: ErrorReport,
  nodes: readonly CellNode[],
  view: RunView,
  words: Words,
): string | null {
  const shown = report.cell === null ? [] : view.outputs.of(report.cell);
  const error = shown.findLast((output) => output.output_type === 'error');
  const frame = error?.output_type === 'error' ? notebookFrames(error.traceback).at(-1) : undefined;
  const [raiser] = [...view.cells].find(([, { executionCount }]) => executionCount === frame?.count) ?? [];
  const number = nodes.find(({ cell }) => cell.index === raiser)?.cell.number;
  if (!frame || number === undefined || (raiser === report.cell && frame.line === report.line)) return null;
  return words.__('raised in cell [%1], line %2', number, frame.line);
}

/** "ZeroDivisionError: division by zero" of "the cell raised ZeroDivisionError: division by zero". */
function titleOf({ message, name }: ErrorReport): string {
  const raised = /\b([A-Z]\w*(?:Error|Exception|Interrupt|Exit|Warning)\b.*)$/.exec(message)?.[1];
  return raised ?? (capital(message) || name);
}

function progressNote({ map }: CellNode, words: Words): CellNote | null {
  if (!map) return null;
  const total = Math.max(1, map.shards.length);
  const shares = SHOWN_STATES.map((state) => ({ state, percent: (100 * map.counts[state]) / total })).filter(
    ({ percent }) => percent > 0,
  );
  const done = words.__('%1 of %2 done', map.counts.done + map.counts.reused, map.shards.length);
  const others = countWords({ ...map.counts, done: 0, reused: 0 }, words);
  const left = map.leftMs === null ? '' : words.__('about %1 left', duration(map.leftMs));
  return { kind: 'progress', shares, text: [done, ...others].join(', '), left };
}

function notRunText(nodes: readonly CellNode[], view: RunView, words: Words): string {
  const failed = nodes.find(({ cell }) => cell.index === view.error?.cell)?.cell.number;
  if (failed !== undefined) {
    return words.__('Not run. Cell [%1] failed before it, as in Restart & Run All.', failed);
  }
  return words.__('Not run. The run ended before it.');
}

function cancelledNote({ map, startedAt }: CellNode, view: RunView, words: Words): CellNote {
  const after = duration(Math.max(0, (view.finishedAt ?? 0) - (startedAt ?? 0)));
  const cancelled = words.__('You cancelled the run; this cell had run for %1.', after);
  const kept = map ? map.counts.done + map.counts.reused : 0;
  return quiet(
    'cancelled',
    kept > 0 ? `${cancelled} ${words._n('%1 result was there.', '%1 results were there.', kept)}` : cancelled,
  );
}

function doneNote({ map, attempt }: CellNode, words: Words): CellNote | null {
  if (map?.view.homeFrom !== null && map?.view.homeFrom !== undefined) {
    return quiet(
      'done',
      words.__(
        'Home did the rest of the loop itself, from element %1: %2',
        map.view.homeFrom + 1,
        map.view.reason,
      ),
    );
  }
  return attempt > 1 ? quiet('retrying', words.__('Done on attempt %1.', attempt)) : null;
}

function quiet(state: ShownState, text: string): CellNote {
  return { kind: 'quiet', state, text };
}
