// The words of the scheduler: what a task asks for, the states it can be in and the moves between them.
// How moves are made is decided in `move-task.ts`.
import type { Resources, TargetName, TaskId } from '@cellfarm/protocol';

/** How a slot's process comes to be: `fork` from home inside an open map, or `process` of the worker pool. */
export type Way = 'process' | 'fork';

/** One task as the scheduler sees it: no code, no values. */
export interface ScheduledTask {
  readonly id: TaskId;
  /** `home`: played in the slot `home`, one at a time, the lowest `order` among the ready ones first. */
  readonly lane: 'home' | 'away';
  /** Place in the notebook (cell index), or within its map for a shard. Equal orders go in the order they were added. */
  readonly order: number;
  /** `auto`: the target of the run. */
  readonly target: TargetName;
  /** Counted for away tasks only: home is not in the ledger. */
  readonly resources: Resources;
  /** Tasks that must have ended well before this one starts; known before it, or earlier in the same list. */
  readonly needs: readonly TaskId[];
  /** Longest time of one attempt in ms, from the moment it is first in its slot; null: no limit. */
  readonly timeoutMs: number | null;
  /** Further attempts of an away cell that raised, or of any task that took too long. */
  readonly userRetries: number;
  /** Ignored in lane `home`. */
  readonly way: Way;
  /** The open map that a shard belongs to (one execution of it); null for everything else. */
  readonly map: TaskId | null;
}

/** `settled`, `withdrawn` and `given-up` mean that home does the work itself: dependents may go on. */
export type TaskState =
  'waiting' | 'ready' | 'running' | 'done' | 'settled' | 'withdrawn' | 'given-up' | 'failed' | 'cancelled';

/** Every move a task can make. `done` is left only by a replay of home. */
export const transitions: Readonly<Record<TaskState, readonly TaskState[]>> = {
  waiting: ['ready', 'withdrawn', 'cancelled'],
  ready: ['running', 'waiting', 'withdrawn', 'given-up', 'cancelled'],
  running: ['ready', 'waiting', 'done', 'settled', 'withdrawn', 'given-up', 'failed', 'cancelled'],
  done: ['ready', 'waiting'],
  settled: [],
  withdrawn: [],
  'given-up': [],
  failed: [],
  cancelled: [],
};

/** Whether the tasks that need one in this state may start. */
export function satisfies(state: TaskState): boolean {
  return state === 'done' || state === 'settled' || state === 'withdrawn' || state === 'given-up';
}

/** Whether a task in this state is over, unless home is replayed. */
export function isOver(state: TaskState): boolean {
  return state !== 'waiting' && state !== 'ready' && state !== 'running';
}
