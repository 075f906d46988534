// How a run ended, in one sentence; null where there is nothing to tell. Pure.
import type { RunView } from '@cellfarm/protocol';
import type { Words } from '../text/words.js';
import { duration } from '../text/duration.js';
import type { PlanCell } from './plan-cells.js';
import { runName } from './run-name.js';

export function endWords(view: RunView, cells: readonly PlanCell[], words: Words): string | null {
  const name = runName(view.run, words);
  switch (view.state) {
    case 'done':
      return words.__('%1 is done in %2.', name, duration((view.finishedAt ?? 0) - view.startedAt));
    case 'raised':
    case 'failed': {
      const cell = cells.find(({ index }) => index === view.error?.cell)?.number;
      const message = view.error?.message ?? '';
      return cell === undefined
        ? words.__('%1 failed: %2', name, message)
        : words.__('%1 failed at cell [%2]: %3', name, cell, message);
    }
    case 'cancelled':
    case 'running':
      return null;
  }
}
