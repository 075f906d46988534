// What an interrupted run was, folded from its journal: the view of everything shown so far and the epochs that are used up. Reads only.
import { applyEvent, emptyRunView } from '@cellfarm/protocol';
import type { RunId, RunView } from '@cellfarm/protocol';
import type { RunJournal } from '../journal/run-journal.js';
import type { Resumption } from './coordinator.js';

const PAGE = 2000;

/** The fold of a run's committed events. */
export function foldRun(journal: RunJournal, run: RunId): RunView {
  const view = emptyRunView();
  for (;;) {
    const events = journal.events(run, view.seq, PAGE);
    if (events.length === 0) return view;
    for (const event of events) applyEvent(view, event);
  }
}

export function recoverRun(journal: RunJournal, run: RunId, reason: string): Resumption {
  return { reason, view: foldRun(journal, run), epoch: Math.max(0, ...journal.epochs(run).values()) };
}
