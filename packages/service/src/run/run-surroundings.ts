// What a run is given by the service that it runs in. One object for all runs, but for what is made for one run alone.
import type { Millis } from '@cellfarm/protocol';
import type { ObjectStore } from '@cellfarm/artifacts';
import type { RunFeed } from '../feed/run-feed.js';
import type { Result } from '../journal/journal-types.js';
import type { RunJournal } from '../journal/run-journal.js';
import type { Log } from '../log.js';
import type { LeaseHolder } from './lease-book.js';
import type { Outbox } from './outbox.js';
import type { Entry } from './slot-stream.js';
import type { RunPlan } from './run-plan.js';
import type { LeaseOffice } from './slots.js';

export interface RunSurroundings {
  readonly journal: RunJournal;
  readonly objects: ObjectStore;
  readonly leases: { office(plan: RunPlan, holder: LeaseHolder): LeaseOffice };
  readonly outbox: Outbox<Entry>;
  readonly feed: RunFeed;
  readonly log: Log;
  readonly logPath: string;
  /** Folder of the run's record. */
  readonly folder: string;
  now(): Millis;
  /** Whether what a committed result names is still there. */
  readonly usable: (result: Result) => boolean;
}
