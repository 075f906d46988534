// The words of the journal: what a run's row, a result and an owner are. Shared by the file that writes, the files
// that read, and the coordinator. No SQL here.
import type {
  FileRead,
  Millis,
  ObjectRef,
  RunId,
  RunOptions,
  RunState,
  SlotId,
  TaskId,
} from '@cellfarm/protocol';

/** The service process that works on a run. `birth` tells a process from a later one with the same pid. */
export interface Owner {
  readonly instance: string;
  readonly host: string;
  readonly pid: number;
  readonly birth: string;
}

/** A run as it begins. */
export interface NewRun {
  readonly run: RunId;
  /** Absolute path of the notebook. */
  readonly notebook: string;
  /** Digest of the frozen notebook. */
  readonly digest: string;
  /** Text of the notebook file at that moment. */
  readonly text: string;
  readonly options: RunOptions;
  readonly startedAt: Millis;
}

/** A run as the journal has it. */
export interface JournaledRun {
  readonly run: RunId;
  readonly notebook: string;
  readonly digest: string;
  readonly state: RunState;
  readonly startedAt: Millis;
  readonly finishedAt: Millis | null;
  /** Who started it; null where nobody said. */
  readonly startedBy: string | null;
  /** The run that it is a retry of. */
  readonly retryOf: RunId | null;
  /** null: released, nobody works on it. */
  readonly owner: Owner | null;
}

export interface Snapshot {
  readonly notebook: string;
  readonly digest: string;
  readonly text: string;
  readonly options: RunOptions;
}

/**
 * What results belong to: one reaching of one loop (or one away cell: occurrence 0, count 1).
 * `inputs`: digest of function, elements and all they read; null when it cannot be told, and then results belong to
 * the home of that epoch alone and are never reused.
 */
export interface ResultKey {
  readonly task: TaskId;
  readonly occurrence: number;
  readonly count: number;
  readonly inputs: string | null;
  /** Epoch of the home that reached the loop. */
  readonly home: number;
}

export type ResultValue =
  | { readonly type: 'inline'; readonly bytes: Uint8Array }
  | { readonly type: 'object'; readonly ref: ObjectRef };

/** The result of elements [start, stop). */
export interface Result {
  readonly start: number;
  readonly stop: number;
  readonly slot: SlotId;
  /** Epoch of the slot it was computed in; 0: another run computed it. */
  readonly epoch: number;
  /** Status byte of the frame it came in. */
  readonly status: number;
  readonly durationMs: number;
  readonly value: ResultValue;
  /** What it was computed from beside its inputs; null where that cannot be told. */
  readonly files: readonly FileRead[] | null;
}
