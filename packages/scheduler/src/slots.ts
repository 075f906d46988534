// The life of a slot: opened for a class of work, given tasks, closed. Which slot is opened when is decided in
// `place-away.ts` and `home.ts`, what a loss means in `lose-worker.ts` and `home.ts`.
import type { CloseReason } from './instructions.js';
import { moveBack, moveTask } from './move-task.js';
import { say, type SchedulerState } from './scheduler-state.js';
import type { SlotRecord } from './slot-record.js';
import type { TaskRecord } from './task-record.js';
import { wakeBy } from './wake.js';
import type { WorkClass } from './work-class.js';

export function openSlot(state: SchedulerState, slot: SlotRecord, work: WorkClass): void {
  slot.epoch += 1;
  slot.openedBy = state.event;
  slot.state = 'opening';
  slot.work = work;
  slot.amount = state.ledger.amountOf(work.target, work.resources);
  state.ledger.take(work.target, slot.amount);
  work.slots.add(slot);
  work.opening += 1;
  say(state, {
    type: 'open-slot',
    slot: slot.id,
    epoch: slot.epoch,
    target: work.target,
    way: work.way,
    resources: work.resources,
    map: work.map,
  });
}

/** Sends a ready task to an open slot. */
export function startTask(state: SchedulerState, slot: SlotRecord, task: TaskRecord): void {
  task.slot = slot;
  moveTask(state, task, 'running');
  task.attempt += 1;
  slot.inFlight.push(task);
  slot.live += 1;
  if (slot.inFlight.length === 1) becomeFirst(state, slot);
  say(state, {
    type: 'start-task',
    task: task.spec.id,
    slot: slot.id,
    epoch: slot.epoch,
    attempt: task.attempt,
  });
}

/** Takes a task out of its slot; the next one is first then. */
export function leaveSlot(state: SchedulerState, slot: SlotRecord, at: number): void {
  const [task] = at === 0 ? [slot.inFlight.shift()] : slot.inFlight.splice(at, 1);
  if (task === undefined) return;
  if (task.state === 'running') {
    slot.live -= 1;
    task.slot = null;
  }
  if (at === 0 && slot.inFlight.length > 0) becomeFirst(state, slot);
}

function becomeFirst(state: SchedulerState, slot: SlotRecord): void {
  slot.firstSince = state.now;
  const timeout = slot.inFlight[0]?.spec.timeoutMs ?? null;
  if (timeout !== null) wakeBy(state, state.now + timeout);
}

/** Ends the slot's epoch and gives back what it held. Returns the tasks that still ran in it, first started first. */
export function emptySlot(state: SchedulerState, slot: SlotRecord): TaskRecord[] {
  const ran = slot.inFlight.filter((task) => task.slot === slot && task.state === 'running');
  for (const task of ran) task.slot = null;
  if (slot.work !== null && slot.amount !== null) {
    state.ledger.giveBack(slot.work.target, slot.amount);
    slot.work.slots.delete(slot);
    if (slot.state === 'opening') slot.work.opening -= 1;
  }
  slot.state = 'closed';
  slot.work = null;
  slot.amount = null;
  slot.inFlight = [];
  slot.live = 0;
  state.unsettled = true;
  return ran;
}

/** Closes a slot; tasks that still ran in it go back. */
export function closeSlot(state: SchedulerState, slot: SlotRecord, reason: CloseReason): void {
  say(state, { type: 'close-slot', slot: slot.id, epoch: slot.epoch, reason });
  for (const task of emptySlot(state, slot)) moveBack(state, task, `slot closed: ${reason}`);
}

/** A worker's process that computes what was withdrawn is ended: nobody wants it, and what waits behind it has not begun. */
export function closeIfUnwanted(state: SchedulerState, slot: SlotRecord): void {
  const first = slot.inFlight[0];
  if (slot.work !== null && first !== undefined && first.state !== 'running')
    closeSlot(state, slot, 'withdrawn');
}
