// What the parts of one run share: its journal and events, the scheduler's ear, the clock. Each part does its own dialogue over it and
// none holds another.
import type { Compiled, Millis, RunEventBody, RunId, RunView } from '@cellfarm/protocol';
import type { SchedulerEvent } from '@cellfarm/scheduler';
import type { RunJournal } from '../journal/run-journal.js';
import type { Log } from '../log.js';
import type { CellBook } from './cell-book.js';

type WithoutNow<T> = T extends unknown ? Omit<T, 'now'> : never;
/** An event of the scheduler, before the desk stamps the time on it. */
export type Told = WithoutNow<SchedulerEvent>;

/** The options of a run with every default filled in. */
export interface RunSettings {
  readonly workers: number;
  readonly fork: boolean;
  readonly inspect: boolean;
  readonly timeoutMs: number | null;
  /** Null: by number of elements and workers, after home tried the loop. */
  readonly elementsPerShard: number | null;
}

export interface Desk {
  readonly run: RunId;
  readonly settings: RunSettings;
  readonly compiled: Compiled;
  readonly book: CellBook;
  readonly journal: RunJournal;
  readonly log: Log;
  /** Everything that has happened so far, folded. */
  readonly view: RunView;
  now(): Millis;
  /** Journals an event of the run; outside sees it when the turn is committed. */
  emit(body: RunEventBody): void;
  /** Does something in a later turn of the event loop, while the run goes on; a failure in it ends the run. */
  later(act: () => void): void;
  /** Tells the scheduler and performs what it says. */
  tell(event: Told): void;
}
