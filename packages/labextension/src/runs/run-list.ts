// The rows of the list of runs, newest first. Pure.
import type { RunSummary } from '@cellfarm/protocol';
import type { ShownState } from '../run/task-state.js';
import { mayBeRetried } from '../run/retry-words.js';
import { runName } from '../run/run-name.js';
import { stateWord } from '../run/state-words.js';
import { duration } from '../text/duration.js';
import type { Words } from '../text/words.js';

export interface RunRow {
  readonly run: string;
  readonly name: string;
  /** File name of the notebook. */
  readonly notebook: string;
  readonly path: string;
  readonly state: ShownState;
  readonly word: string;
  /** "11:42" today, "Mon 11:42" this week, a date before. */
  readonly started: string;
  readonly took: string;
  /** Who started it; empty where nobody said. */
  readonly by: string;
  readonly interrupted: boolean;
  readonly retryable: boolean;
}

const DAY_MS = 86_400_000;

export function runRows(
  runs: readonly RunSummary[],
  filter: string,
  now: number,
  words: Words,
  locale: string,
): RunRow[] {
  const wanted = filter.trim().toLowerCase();
  return [...runs]
    .sort((a, b) => b.startedAt - a.startedAt)
    .map((run) => rowOf(run, now, words, locale))
    .filter(({ name, notebook, word, by }) =>
      `${name} ${notebook} ${word} ${by}`.toLowerCase().includes(wanted),
    );
}

function rowOf(summary: RunSummary, now: number, words: Words, locale: string): RunRow {
  const state = shownState(summary.state);
  const interrupted = summary.state === 'interrupted';
  return {
    run: summary.run,
    name: runName(summary.run, words),
    notebook: summary.notebook.split('/').at(-1) ?? summary.notebook,
    path: summary.notebook,
    state,
    word: interrupted ? words.__('Interrupted') : stateWord(state, words),
    started: startedWords(summary.startedAt, now, locale),
    by: summary.startedBy ?? '',
    took: interrupted ? '' : duration(Math.max(0, (summary.finishedAt ?? now) - summary.startedAt)),
    interrupted,
    retryable: mayBeRetried(summary.state),
  };
}

function shownState(state: RunSummary['state']): ShownState {
  switch (state) {
    case 'running':
    case 'done':
    case 'cancelled':
      return state;
    case 'raised':
    case 'failed':
      return 'failed';
    case 'interrupted':
      return 'retrying';
  }
}

function startedWords(time: number, now: number, locale: string): string {
  const date = new Date(time);
  const clock = date.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
  if (new Date(now).toDateString() === date.toDateString()) return clock;
  if (now - time < 6 * DAY_MS) return `${date.toLocaleDateString(locale, { weekday: 'short' })} ${clock}`;
  return date.toLocaleDateString(locale, { year: 'numeric', month: 'short', day: 'numeric' });
}

/** Whether it is worth telling who started each run: more than one person did. */
export function startedByMany(rows: readonly RunRow[]): boolean {
  return new Set(rows.map(({ by }) => by).filter((by) => by !== '')).size > 1;
}
