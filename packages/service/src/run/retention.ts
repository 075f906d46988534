// Which ended runs are kept: the newest ones, and all of the last days, and the last one of each notebook whatever its age. Pure;
// forgetting them is the matter of `runs.ts`.
import type { Millis, RunId } from '@cellfarm/protocol';
import type { JournaledRun } from '../journal/journal-types.js';

export interface Keep {
  /** Runs that are kept whatever their age. */
  readonly runs: number;
  /** Days during which every run is kept. */
  readonly days: number;
}

const DEFAULT: Keep = { runs: 200, days: 30 };
const DAY_MS = 86_400_000;

/** `CELLFARM_KEEP_RUNS` and `CELLFARM_KEEP_DAYS`; what is no whole number counts as not said. */
export function keepFrom(env: Readonly<Record<string, string | undefined>>): Keep {
  const read = (name: string, otherwise: number): number => {
    const text = env[name] ?? '';
    return /^\d{1,9}$/.test(text) ? Number(text) : otherwise;
  };
  return {
    runs: read('CELLFARM_KEEP_RUNS', DEFAULT.runs),
    days: read('CELLFARM_KEEP_DAYS', DEFAULT.days),
  };
}

/** Ended runs beyond both bounds, the oldest last. */
export function expired(runs: readonly JournaledRun[], now: Millis, keep: Keep): RunId[] {
  const newestFirst = [...runs].sort((a, b) => b.startedAt - a.startedAt);
  const notebooks = new Set<string>();
  const beyond: RunId[] = [];
  newestFirst.forEach((run, place) => {
    const isLast = !notebooks.has(run.notebook);
    notebooks.add(run.notebook);
    const isOld = now - (run.finishedAt ?? now) > keep.days * DAY_MS;
    if (!isLast && isOld && place >= keep.runs && run.state !== 'running') beyond.push(run.run);
  });
  return beyond;
}
