// The sentence of the status bar: "Run 7 is running, 29 of 43 tasks". Pure.
import type { RunView } from '@cellfarm/protocol';
import { endWords } from '../run/end-words.js';
import type { CellNode } from '../run/cell-nodes.js';
import { progressWords } from '../run/progress-words.js';
import { runName } from '../run/run-name.js';
import { duration } from '../text/duration.js';
import type { Words } from '../text/words.js';

export function statusWords(view: RunView, nodes: readonly CellNode[], words: Words): string {
  const name = runName(view.run, words);
  switch (view.state) {
    case 'running':
      return view.startedAt === 0
        ? words.__('A run is starting')
        : words.__('%1 is running, %2', name, progressWords(nodes, words));
    case 'done':
      return words.__('%1 is done, %2', name, duration((view.finishedAt ?? 0) - view.startedAt));
    case 'cancelled':
      return words.__('%1 was cancelled', name);
    case 'raised':
    case 'failed': {
      const cell = nodes.find((node) => node.cell.index === view.error?.cell)?.cell.number;
      return cell === undefined
        ? (endWords(view, [], words) ?? words.__('%1 failed', name))
        : words.__('%1 failed at cell [%2]', name, cell);
    }
  }
}
