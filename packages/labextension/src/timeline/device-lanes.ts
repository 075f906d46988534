// Machines and their workers on the run's time axis: which task each worker had when, and how many tasks were at work on
// the machine at any time. Pure; times in milliseconds since the run began.
import type { AgentInfo } from '@cellfarm/protocol';
import type { Attempts } from '../run/attempts.js';
import { barOf, byNumber } from './bars.js';
import type { Bar } from './bars.js';

export interface WorkerLane {
  readonly worker: string;
  readonly part: 'home' | 'worker' | 'shard';
  readonly bars: readonly Bar[];
}

/** Tasks at work from `at` on. */
export interface Load {
  readonly at: number;
  readonly tasks: number;
}

export interface HostLanes {
  readonly host: string;
  /** What the host's agent tells of it; null when it is not there (any more). */
  readonly agent: AgentInfo | null;
  readonly workers: readonly WorkerLane[];
  readonly load: readonly Load[];
  /** Most tasks at work at a time. */
  readonly most: number;
}

export function hostLanes(
  attempts: Attempts,
  agents: readonly AgentInfo[],
  startedAt: number,
  now: number,
): HostLanes[] {
  const hosts = new Set([...attempts.processes.map(({ host }) => host), ...agents.map(({ host }) => host)]);
  return [...hosts].sort().map((host) => {
    const agent = agents.find((candidate) => candidate.host === host) ?? null;
    const lives = attempts.processes.filter((life) => life.host === host);
    const workers = [...new Set(lives.map(({ worker }) => worker))]
      .sort(homeFirst)
      .map((worker): WorkerLane => ({
        worker,
        part: lives.find((life) => life.worker === worker)?.part ?? 'worker',
        bars: attempts.all
          .filter((attempt) => attempt.worker === worker && attempt.host === host)
          .map((attempt) => barOf(attempt, startedAt, now)),
      }));
    const load = loadOf(workers);
    return { host, agent, workers, load, most: Math.max(0, ...load.map(({ tasks }) => tasks)) };
  });
}

/** Home waits while its map is away, so it counts as at work only when no shard is. */
function loadOf(workers: readonly WorkerLane[]): Load[] {
  const away = changes(workers.filter(({ part }) => part !== 'home'));
  const home = changes(workers.filter(({ part }) => part === 'home'));
  const times = [...new Set([...away, ...home].map(({ at }) => at))].sort((a, b) => a - b);
  let tasksAway = 0;
  let tasksHome = 0;
  let nextAway = 0;
  let nextHome = 0;
  return times.map((at) => {
    for (; (away[nextAway]?.at ?? Infinity) <= at; nextAway += 1) tasksAway += away[nextAway]?.by ?? 0;
    for (; (home[nextHome]?.at ?? Infinity) <= at; nextHome += 1) tasksHome += home[nextHome]?.by ?? 0;
    return { at, tasks: tasksAway > 0 ? tasksAway : tasksHome };
  });
}

function changes(workers: readonly WorkerLane[]): { at: number; by: number }[] {
  return workers
    .flatMap((worker) => mergedBusy(worker.bars))
    .flatMap(([from, to]) => [
      { at: from, by: 1 },
      { at: to, by: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.by - b.by);
}

/** A worker is given its next task before it ends the one at hand: it is at work once. */
function mergedBusy(bars: readonly Bar[]): [number, number][] {
  const merged: [number, number][] = [];
  for (const { from, to } of [...bars].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

function homeFirst(a: string, b: string): number {
  return Number(b === 'home') - Number(a === 'home') || byNumber(a, b);
}
