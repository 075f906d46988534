// Everything the scheduler knows of one run. Owned by the scheduler and advanced in place by `step` alone: copying it for
// every event would cost more than the decisions (docs/decisions/0002-scheduler-state.md).
import type { ErrorReport, SlotId, TargetName, TaskId } from '@cellfarm/protocol';
import { newOpenings, type Openings } from './back-off.js';
import type { TaskKind } from './durations.js';
import type { Limits } from './events.js';
import type { Instruction } from './instructions.js';
import { byDocumentOrder, ReadyQueue } from './ready-queue.js';
import { ResourceLedger } from './resource-ledger.js';
import { newSlot, type SlotRecord } from './slot-record.js';
import type { TaskRecord } from './task-record.js';
import { WorkClasses } from './work-class.js';

/** A cell raised or called `exit()`: nothing later in the notebook counts, what is earlier still ends. */
interface Stop {
  readonly order: number;
  readonly task: TaskRecord;
  /** Null after `exit()`. */
  readonly error: ErrorReport | null;
}

export interface SchedulerState {
  phase: 'new' | 'running' | 'over';
  /** Number of the event being handled. */
  event: number;
  now: number;
  openedAt: number;
  target: TargetName;
  /** Capacities are in the ledger. */
  limits: Required<Omit<Limits, 'targets'>>;
  readonly tasks: Map<TaskId, TaskRecord>;
  /** All tasks but shards, in the order they came. */
  readonly cells: TaskRecord[];
  readonly kinds: Map<string, TaskKind>;
  durations: Readonly<Record<string, number>>;
  /** Open maps: how many of their shards are not over. */
  readonly maps: Map<TaskId, number>;
  /** Tasks that are not over. */
  unfinished: number;
  nextSeq: number;
  home: SlotRecord;
  readonly homeReady: ReadyQueue;
  readonly homeOpenings: Openings;
  workers: SlotRecord[];
  readonly slots: Map<SlotId, SlotRecord>;
  classes: WorkClasses;
  ledger: ResourceLedger;
  /** When the capacity of a target was told last. */
  capacityToldAt: number;
  stop: Stop | null;
  /** Outstanding `wake-at`; Infinity when none. */
  wakeAt: number;
  /** Whether something changed that may let other slots than the event's own take or give up work. */
  unsettled: boolean;
  /** Events of epochs that were over. */
  late: number;
  /** Instructions of the event being handled. */
  said: Instruction[];
}

/** A run before its first event, which is `run-opened`. */
export function createScheduler(): SchedulerState {
  return {
    phase: 'new',
    event: 0,
    now: 0,
    openedAt: 0,
    target: 'auto' as TargetName,
    limits: { endedProcesses: 3, lossesInARow: 5, credit: 64, patienceMs: 5000 },
    tasks: new Map(),
    cells: [],
    kinds: new Map(),
    durations: {},
    maps: new Map(),
    unfinished: 0,
    nextSeq: 0,
    home: newSlot(-1, 0),
    homeReady: new ReadyQueue(byDocumentOrder),
    homeOpenings: newOpenings(),
    workers: [],
    slots: new Map(),
    classes: new WorkClasses('auto' as TargetName),
    ledger: new ResourceLedger(0),
    capacityToldAt: 0,
    stop: null,
    wakeAt: Infinity,
    unsettled: false,
    late: 0,
    said: [],
  };
}

type WithoutCause<T> = T extends unknown ? Omit<T, 'cause'> : never;

/** Adds an instruction, with the current event as its cause. */
export function say(state: SchedulerState, instruction: WithoutCause<Instruction>): void {
  state.said.push({ ...instruction, cause: state.event });
}
