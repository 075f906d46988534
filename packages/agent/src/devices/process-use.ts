// What each process of the agent did between two looks. Pure.
import type { ProcessSample } from '@cellfarm/protocol';
import type { ProcessTime } from './process-table.js';

/** More than this many are too many to show; those that do most are kept. */
const MOST = 512;

/**
 * @param seconds time between the looks
 * @param gpusOf UUIDs of the GPUs reserved for a process
 */
export function processUse(
  before: readonly ProcessTime[],
  after: readonly ProcessTime[],
  seconds: number,
  gpusOf: (pid: number) => string[],
): ProcessSample[] {
  const first = new Map(before.map((row) => [row.pid, row.seconds]));
  return after
    .map(({ pid, parent, memoryBytes, seconds: spent }): Omit<ProcessSample, 'gpus'> => {
      // a number that was given to another process starts again, as one that was not seen before does
      const since = Math.min(first.get(pid) ?? 0, spent);
      const cpus = seconds <= 0 ? 0 : Math.round((1000 * (spent - since)) / seconds) / 1000;
      return { pid, parent, cpus, memoryBytes };
    })
    .sort((a, b) => b.cpus - a.cpus || b.memoryBytes - a.memoryBytes)
    .slice(0, MOST)
    .map((use) => ({ ...use, gpus: gpusOf(use.pid).slice(0, 64) }));
}
