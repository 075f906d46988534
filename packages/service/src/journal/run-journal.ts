// The contract of the run journal: the truth about every run. Writes are collected during a turn of the event loop and
// committed in one transaction, which the disk then keeps; `afterCommit` is how everything else waits for that. The journal decides
// what is committed once and by whom; what to do about a refusal, and what events mean, is the coordinator's.
import type {
  CellfarmError,
  Digest,
  Millis,
  RunEvent,
  RunEventBody,
  RunId,
  SlotId,
  TaskId,
} from '@cellfarm/protocol';
import type { JournaledRun, NewRun, Result, ResultKey, Snapshot } from './journal-types.js';

export interface RunJournal {
  /** Writes a new run's row, owned by this process, at once. Throws CellfarmError C5005 when the disk is full. */
  openRun(run: NewRun): void;

  /**
   * Copies into a new run of this journal's what `from` has committed for these tasks, at once: results with a digest of their inputs, of
   * which it is known what else they were computed from. Their epoch is 0. Nothing where `from` is not known.
   */
  takeOver(run: RunId, from: RunId, tasks: readonly TaskId[]): void;

  /** Adds an event and returns its number: from 1, without gaps within the run. `run.finished` also ends the run's row. */
  append(run: RunId, body: RunEventBody, time: Millis): number;

  /** From now on the slot has this epoch: results of lower ones are stale, here and after a restart. */
  grant(run: RunId, slot: SlotId, epoch: number): void;

  /**
   * Compare-and-set: keeps a result when none begins at its first element yet and its epoch is the one granted to its
   * slot. Ranges of one key never overlap otherwise: who cuts them leaves out what has a result.
   * @returns false when it is refused, as a duplicate or as stale; nothing is written then
   */
  commitResult(run: RunId, key: ResultKey, result: Result): boolean;

  /** Takes a result back that `results` told and whose object is lost: its elements may have another one. */
  retractResult(run: RunId, key: ResultKey, start: number): void;

  /** Results that name this temporary object name its digest from now on. */
  sealObject(run: RunId, temp: string, digest: Digest): void;

  /** Number of the commit that what is written now belongs to; it grows when that commit begins. */
  readonly turn: number;

  /** Calls `fn` once everything written so far is on disk, in the order of the calls, never before the turn's end. */
  afterCommit(fn: () => void): void;

  /** Commits now what is collected and calls back. Throws CellfarmError C5005 when the disk is full; nothing is lost. */
  flush(): void;

  /** Committed events with a number above `after`, in order, at most `limit`. */
  events(run: RunId, after: number, limit: number): RunEvent[];
  /** Number of the last committed event, 0 when there is none. */
  lastSeq(run: RunId): number;
  /** All runs, newest first. */
  runs(): JournaledRun[];
  find(run: RunId): JournaledRun | null;
  /** The frozen notebook. Throws CellfarmError C4007 when there is no such run. */
  snapshot(run: RunId): Snapshot;
  /** Committed results with equal task, occurrence, count and inputs digest, by `start`; none where inputs is null. */
  results(run: RunId, key: ResultKey): Result[];
  /** Highest epoch granted to each slot. */
  epochs(run: RunId): Map<SlotId, number>;

  /** Unfinished runs that nobody works on: released, or owned by a process of this host that is no more. */
  interrupted(): JournaledRun[];
  /** Takes an interrupted run over, atomically among all services; false when another has it, or it is finished or unknown. */
  claim(run: RunId): boolean;
  /** Lets an unfinished run go, so that another service may claim it. */
  release(run: RunId): void;

  /**
   * Told when a commit fails, with C5005 for a full disk, and with null when commits succeed again. Meanwhile the
   * journal keeps what it collected, calls nobody back, and tries again by itself.
   */
  onTrouble(listener: (error: CellfarmError | null) => void): void;

  /** Told when another process has claimed a run of this journal's: nothing more is written about it here. */
  onFenced(listener: (run: RunId) => void): void;

  /** Forgets a run that has ended, with its events and results, at once; false when it has not, or there is none. */
  forget(run: RunId): boolean;
  /** Ids of all objects that results name. */
  objects(): Set<string>;

  /** Flushes, releases the unfinished runs it owns and closes the file. */
  close(): void;
}
