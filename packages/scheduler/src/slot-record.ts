// What the scheduler keeps of one slot: home, or a number of the worker pool that holds one process at a time.
// Opening, closing and losing are in `slots.ts`.
import type { SlotId } from '@cellfarm/protocol';
import type { Amount } from './resource-ledger.js';
import type { TaskRecord } from './task-record.js';
import type { WorkClass } from './work-class.js';

export interface SlotRecord {
  readonly id: SlotId;
  /** `w3` is 3, home is -1. */
  readonly number: number;
  /** Of the latest opening; 0 before the first. */
  epoch: number;
  /** Number of the event that led to the latest opening. */
  openedBy: number;
  state: 'closed' | 'opening' | 'open';
  /** What the process is good for; null while closed and for home. */
  work: WorkClass | null;
  /** What it holds of its target. */
  amount: Amount | null;
  /** Tasks sent and not answered, first started first. Those that do not run any more were withdrawn after they were sent. */
  inFlight: TaskRecord[];
  /** How many of them still run. */
  live: number;
  /** When the first of them became first. */
  firstSince: number;
}

const HOME = 'home' as SlotId;

export function newSlot(number: number, epoch: number): SlotRecord {
  return {
    id: number < 0 ? HOME : (`w${number}` as SlotId),
    number,
    epoch,
    openedBy: 0,
    state: 'closed',
    work: null,
    amount: null,
    inFlight: [],
    live: 0,
    firstSince: 0,
  };
}
