// The one notification of a run: how it ended, with a way to look. A cancelled run was somebody's wish and is quiet.
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { RunView } from '@cellfarm/protocol';
import { clipped } from '../text/clipped.js';
import { endWords } from './end-words.js';
import type { PlanCell } from './plan-cells.js';

/** A notification holds 140 characters. */
const MOST_CHARACTERS = 140;

export function tellEnd(
  view: RunView,
  cells: readonly PlanCell[],
  trans: TranslationBundle,
  show: () => void,
): void {
  const text = endWords(view, cells, trans);
  if (text === null) return;
  const short = clipped(text, MOST_CHARACTERS);
  const options = { actions: [{ label: trans.__('Show run'), callback: show }], autoClose: 8_000 };
  if (view.state === 'done') Notification.success(short, options);
  else Notification.error(short, { ...options, autoClose: false });
}
