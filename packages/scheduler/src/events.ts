// Everything the scheduler is told. `now` is milliseconds since 1970 and never goes back. Events of a slot carry its epoch;
// those of an epoch that is over are ignored, so a late message of a lost process does no harm.
import type { ErrorReport, SlotId, TargetName, TaskId } from '@cellfarm/protocol';
import type { ScheduledTask } from './task.js';

/** What a target has for this run. */
export interface Capacity {
  /** CPU cores. */
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Whole GPUs. */
  readonly gpus: number;
}

/** Bounds of one run; what is left out has its default. */
export interface Limits {
  /** Capacity by target name. A target that is not named cannot be used until its capacity is told; `auto` stands for the run's own target. */
  readonly targets: Readonly<Record<string, Capacity>>;
  /** Processes that one task may end before it is given up. @default 3 */
  readonly endedProcesses?: number;
  /** Processes in a row that may be lost or refused before one finishes a task. @default 5 */
  readonly lossesInARow?: number;
  /** Tasks in flight in one slot, at most. @default 64 */
  readonly credit?: number;
  /** Ms after capacities were told last, from which on home does what its target cannot hold. @default 5000 */
  readonly patienceMs?: number;
}

type At = { readonly now: number };
type InSlot = At & { readonly slot: SlotId; readonly epoch: number };
type OfTask = InSlot & {
  readonly task: TaskId;
  /** As measured by the process. */ readonly durationMs: number;
};

/** One of several tasks that ended well; `durationMs` as measured by the process. */
export interface Succeeded {
  readonly task: TaskId;
  readonly durationMs: number;
}

export interface RunOpened extends At {
  readonly type: 'run-opened';
  readonly tasks: readonly ScheduledTask[];
  /** Slots for work that leaves home: `w0` to `w(workers-1)`. 0: away tasks are given up at once. */
  readonly workers: number;
  /** Where home is, and where tasks of target `auto` go. */
  readonly target: TargetName;
  readonly limits: Limits;
  /** Highest epoch an earlier service used in this run; 0 for a new run. */
  readonly epoch: number;
  /** Away tasks whose committed results are there already; empty for a new run. */
  readonly done: readonly TaskId[];
  /** Mean duration in ms by task kind (`kindOf`), learnt in earlier runs; may be empty. */
  readonly durations: Readonly<Record<string, number>>;
}

export type SchedulerEvent =
  | RunOpened
  /** Shards of a map that home just opened (they belong to the task home is playing), or further tasks. An id that is over may come again. */
  | (At & { readonly type: 'tasks-added'; readonly tasks: readonly ScheduledTask[] })
  /** Home does these itself. Those that are over already, or forgotten with their map, are left as they are. */
  | (At & { readonly type: 'tasks-withdrawn'; readonly tasks: readonly TaskId[] })
  /** Somebody ends the attempt of an away task; it goes back as if it had never begun, and so do those behind it. */
  | (At & { readonly type: 'attempt-unwanted'; readonly task: TaskId })
  | (InSlot & { readonly type: 'slot-opened' })
  | (InSlot & { readonly type: 'slot-lost'; readonly cause: 'infrastructure' | 'out-of-memory' })
  /** Nobody opened the slot (home will not fork, the ticket was refused). */
  | (InSlot & { readonly type: 'slot-refused'; readonly reason: string })
  | (OfTask & { readonly type: 'task-succeeded' })
  /** Several at once, in the order in which the slot was given them. */
  | (InSlot & { readonly type: 'tasks-succeeded'; readonly tasks: readonly Succeeded[] })
  /** The user's code raised. For a cell tagged to raise, and for a shard, this is no error: send succeeded or settled. */
  | (OfTask & { readonly type: 'task-raised'; readonly error: ErrorReport })
  /** Rejected or unshippable: over for the scheduler, home takes over. */
  | (OfTask & { readonly type: 'task-settled' })
  /** A home cell called `exit()`: it is done, and no later cell is played. */
  | (OfTask & { readonly type: 'task-exited' })
  | (At & { readonly type: 'capacity-changed'; readonly target: TargetName; readonly capacity: Capacity })
  | (At & { readonly type: 'cancel-requested'; readonly reason: string })
  | (At & { readonly type: 'tick' });
