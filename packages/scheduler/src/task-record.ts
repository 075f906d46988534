// What the scheduler keeps of one task. Only `move-task.ts` changes `state` and the counters that follow from it.
import type { SlotRecord } from './slot-record.js';
import type { TaskKind } from './durations.js';
import type { WorkClass } from './work-class.js';
import type { ScheduledTask, TaskState } from './task.js';

export interface TaskRecord {
  readonly spec: ScheduledTask;
  /** Order of arrival: breaks ties, and a task comes after everything it needs. */
  readonly seq: number;
  readonly kind: TaskKind;
  /** What it asks of a slot; null for home tasks. */
  readonly work: WorkClass | null;
  /** For a shard: the home task whose map it belongs to. */
  readonly owner: TaskRecord | null;
  readonly needs: readonly TaskRecord[];
  readonly dependents: TaskRecord[];
  /** Of a home task: what the maps it opened brought; null when it opened none. */
  shards: TaskRecord[] | null;
  state: TaskState;
  /** Needs that are not satisfied. */
  unmet: number;
  /** Longest path in ms from its start to a sink; the path after its end. */
  rank: number;
  tail: number;
  /** Place in its ready queue; -1 when not in one. */
  heapIndex: number;
  /** Starts so far. */
  attempt: number;
  /** Processes that ended while it was first in them; attempts that took too long; attempts that raised. */
  endedProcesses: number;
  timeouts: number;
  raises: number;
  /** Whether it ended well before: a replay is no progress. */
  wasDone: boolean;
  slot: SlotRecord | null;
  readonly log: StoryLog;
}

/** Moves as flat numbers (event, time, state, slot number, epoch): a hundred thousand tasks keep their stories. */
export interface StoryLog {
  readonly moves: number[];
  /** Reasons, by number of the move; most moves have none. */
  notes: Map<number, string> | null;
}
