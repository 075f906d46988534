// The ten states that people see, and which of them one task or the shards of a map are in. Pure.
import type { RunView, TaskView } from '@cellfarm/protocol';

export type ShownState =
  'waiting' | 'queued' | 'running' | 'retrying' | 'done' | 'reused' | 'failed' | 'cancelled' | 'not-run';

/** States in the order in which legends and counts list them. */
export const SHOWN_STATES: readonly ShownState[] = [
  'done',
  'reused',
  'running',
  'retrying',
  'queued',
  'waiting',
  'failed',
  'cancelled',
  'not-run',
];

export function isOver(state: ShownState): boolean {
  return state !== 'waiting' && state !== 'queued' && state !== 'running' && state !== 'retrying';
}

/** What a task that began is in now, given how its run stands. */
export function startedState(task: TaskView, run: RunView['state']): ShownState {
  switch (task.state) {
    case 'done':
      return task.cached ? 'reused' : 'done';
    case 'failed':
      return run === 'running' ? 'retrying' : run === 'cancelled' ? 'cancelled' : 'failed';
    case 'running':
      if (run !== 'running') return unfinishedState(run);
      return task.attempt > 1 ? 'retrying' : 'running';
  }
}

/** What remains of work that never came to its end when the run did. */
export function unfinishedState(run: RunView['state']): ShownState {
  return run === 'cancelled' ? 'cancelled' : 'not-run';
}

export type StateCounts = Record<ShownState, number>;

export function countStates(states: readonly ShownState[]): StateCounts {
  const counts = Object.fromEntries(SHOWN_STATES.map((state) => [state, 0])) as StateCounts;
  for (const state of states) counts[state] += 1;
  return counts;
}
