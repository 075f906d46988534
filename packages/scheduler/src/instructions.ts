// Everything the scheduler says. Whoever performs an instruction answers with events; the scheduler itself does nothing.
// Performed in the order given. `cause` is the number of the event (counted from 1 in this run) that led to it.
import type { ErrorReport, Resources, SlotId, TargetName, TaskId } from '@cellfarm/protocol';
import type { Way } from './task.js';

type Because = { readonly cause: number };
type InSlot = { readonly slot: SlotId; readonly epoch: number };

export type CloseReason =
  | 'map-closed'
  | 'number-needed'
  | 'withdrawn'
  | 'attempt-unwanted'
  | 'home-lost'
  | 'task-timeout'
  | 'run-over'
  | 'cancelled';

export type GiveUpReason =
  'ended-processes' | 'out-of-memory' | 'no-slot' | 'no-workers' | 'target-unknown' | 'target-too-small';

export type Instruction = Because &
  (
    | (InSlot & {
        readonly type: 'open-slot';
        readonly target: TargetName;
        readonly way: 'home' | Way;
        readonly resources: Resources;
        /** For `fork`: the map whose shards it will compute. */
        readonly map: TaskId | null;
      })
    /** The slot's epoch is over at once; nothing it says later counts. No `slot-lost` is awaited. */
    | (InSlot & { readonly type: 'close-slot'; readonly reason: CloseReason })
    /** `attempt` counts the starts of the task from 1. Behind other tasks of the slot it waits in the process. */
    | (InSlot & { readonly type: 'start-task'; readonly task: TaskId; readonly attempt: number })
    /** Home does it itself. Its dependents go on. */
    | { readonly type: 'give-up-task'; readonly task: TaskId; readonly reason: GiveUpReason }
    /** Home is lost: `replayed` are played again in order from the first, `withdrawn` were shards of its open maps. */
    | {
        readonly type: 'replay-home';
        readonly epoch: number;
        readonly replayed: readonly TaskId[];
        readonly withdrawn: readonly TaskId[];
      }
    /**
     * The run is over with an error. `beyond`: home tasks later in the notebook than the one that raised, which were started
     * already; what they showed is void. After `raised` the slot `home` is still open, for inspection; the others are closed.
     */
    | {
        readonly type: 'fail-run';
        readonly state: 'raised' | 'failed';
        readonly task: TaskId | null;
        readonly error: ErrorReport;
        readonly beyond: readonly TaskId[];
      }
    /** The run is over. After `done` the slot `home` is still open, for inspection; after `cancelled` all are closed. */
    | {
        readonly type: 'finish-run';
        readonly state: 'done' | 'cancelled';
        readonly reason: string;
        /** After `exit()`: as for `fail-run`. */
        readonly beyond: readonly TaskId[];
      }
    /** Send a `tick` at this time (ms since 1970). A later `wake-at` that is earlier replaces it; one is outstanding at a time. */
    | { readonly type: 'wake-at'; readonly at: number }
  );
