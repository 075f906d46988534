// What is said of a node beside its icon: the word of its state and the one detail that matters then.
import type { Words } from '../text/words.js';
import { duration } from '../text/duration.js';
import { nameList } from '../text/names.js';
import type { CellNode } from './cell-nodes.js';
import type { ShownState, StateCounts } from './task-state.js';

export function stateWord(state: ShownState, words: Words): string {
  switch (state) {
    case 'waiting':
      return words.__('Waiting');
    case 'queued':
      return words.__('Queued');
    case 'running':
      return words.__('Running');
    case 'retrying':
      return words.__('Retrying');
    case 'done':
      return words.__('Done');
    case 'reused':
      return words.__('Reused');
    case 'failed':
      return words.__('Failed');
    case 'cancelled':
      return words.__('Cancelled');
    case 'not-run':
      return words.__('Not run');
  }
}

/** "14 done, 6 running, 1 retrying, 3 queued": states that nothing is in are left out. */
export function countWords(counts: StateCounts, words: Words): string[] {
  const said: [number, string][] = [
    [counts.done, words.__('%1 done', counts.done)],
    [counts.reused, words.__('%1 reused', counts.reused)],
    [counts.running, words.__('%1 running', counts.running)],
    [counts.retrying, words.__('%1 retrying', counts.retrying)],
    [counts.queued, words.__('%1 queued', counts.queued)],
    [counts.failed, words.__('%1 failed', counts.failed)],
    [counts.cancelled, words.__('%1 cancelled', counts.cancelled)],
    [counts['not-run'], words.__('%1 not run', counts['not-run'])],
  ];
  return said.filter(([count]) => count > 0).map(([, text]) => text);
}

/** What follows the word of the state: "1.9 s", "12 of 24", "for scores". */
export function stateDetail(node: CellNode, words: Words, now: number): string {
  const { state, map } = node;
  const counted = map && words.__('%1 of %2', map.counts.done + map.counts.reused, map.shards.length);
  switch (state) {
    case 'waiting':
      return waitingFor(node, words);
    case 'running':
    case 'retrying':
      return counted ?? (node.startedAt === null ? '' : duration(Math.max(0, now - node.startedAt)));
    case 'done':
    case 'reused':
    case 'failed':
      return [counted, node.durationMs === null ? null : duration(node.durationMs)]
        .filter((part) => part !== null)
        .join(', ');
    case 'queued':
    case 'cancelled':
    case 'not-run':
      return counted ?? '';
  }
}

function waitingFor(node: CellNode, words: Words): string {
  const names = [...new Set(node.waitsFor.flatMap((need) => need.names))];
  if (names.length > 0) return words.__('for %1', nameList(names, words));
  return node.waitsFor.length > 0 ? words.__('for earlier work') : words.__('for its turn');
}
