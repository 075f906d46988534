// The line that heads a run: how it stands, how far it is, how long it takes. Pure.
import type { RunView } from '@cellfarm/protocol';
import { duration } from '../text/duration.js';
import type { Words } from '../text/words.js';
import type { CellNode } from './cell-nodes.js';
import { progressOf } from './cell-nodes.js';
import type { ShownState } from './task-state.js';

export function runState(view: RunView): ShownState {
  switch (view.state) {
    case 'running':
      return view.startedAt === 0 ? 'queued' : 'running';
    case 'done':
      return 'done';
    case 'raised':
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
  }
}

export function runTime(view: RunView, now: number): string {
  return view.startedAt === 0 ? '' : duration(Math.max(0, (view.finishedAt ?? now) - view.startedAt));
}

/** "29 of 43 tasks, about 1m 57s left". */
export function progressWords(nodes: readonly CellNode[], words: Words): string {
  const { done, total } = progressOf(nodes);
  const left = Math.max(0, ...nodes.map(({ map }) => map?.leftMs ?? 0));
  const told = words.__('%1 of %2 tasks', done, total);
  return left > 0 ? words.__('%1, about %2 left', told, duration(left)) : told;
}
