// A task's answer: over, or to be tried again. The common case (many shards of one slot) touches that slot only.
import { assertNever, type TaskId } from '@cellfarm/protocol';
import { countProgress } from './back-off.js';
import { learn } from './durations.js';
import { stopAfter } from './end-run.js';
import type { SchedulerEvent, Succeeded } from './events.js';
import { closeMapIfOver, forgetMapsOf, withdrawMapsOf } from './maps.js';
import { illegal, moveBack, moveTask } from './move-task.js';
import { refill } from './place-away.js';
import { rankAll } from './priorities.js';
import type { SchedulerState } from './scheduler-state.js';
import type { SlotRecord } from './slot-record.js';
import { closeIfUnwanted, leaveSlot } from './slots.js';
import type { TaskRecord } from './task-record.js';

export type Answer = Extract<
  SchedulerEvent,
  { type: 'task-succeeded' | 'task-raised' | 'task-settled' | 'task-exited' }
>;

export function takeAnswer(state: SchedulerState, slot: SlotRecord, answer: Answer): void {
  const task = release(state, slot, answer.task, answer.type === 'task-settled' ? 'settled' : 'done');
  if (task !== null) {
    judge(state, task, answer);
    tidyUp(state, task);
  }
  goOn(state, slot, task !== null);
}

/** The same as one `task-succeeded` after the other; the slot is filled up once. */
export function takeSuccesses(state: SchedulerState, slot: SlotRecord, answers: readonly Succeeded[]): void {
  let wasWanted = false;
  for (const { task: id, durationMs } of answers) {
    if (slot.state !== 'open') return; // its map ended with the last answer, and what is left was withdrawn
    const task = release(state, slot, id, 'done');
    if (task === null) continue;
    wasWanted = true;
    endWell(state, task, durationMs);
    tidyUp(state, task);
  }
  goOn(state, slot, wasWanted);
}

/** Takes an answered task out of its slot; null when nobody wants the answer any more. */
function release(
  state: SchedulerState,
  slot: SlotRecord,
  id: TaskId,
  to: 'settled' | 'done',
): TaskRecord | null {
  const at = slot.inFlight.findIndex((task) => task.spec.id === id);
  const task = slot.inFlight[at];
  if (task === undefined) throw illegal(state, id, to);
  leaveSlot(state, slot, at);
  return task.state === 'running' ? task : null;
}

/** Maps end with the task that opened them, or with their last shard. */
function tidyUp(state: SchedulerState, task: TaskRecord): void {
  if (task.work === null) {
    withdrawMapsOf(state, task, `${task.spec.id} is over`);
    forgetMapsOf(state, task);
  } else if (task.spec.map !== null) closeMapIfOver(state, task.spec.map);
}

/** What comes next in a slot that answered. */
function goOn(state: SchedulerState, slot: SlotRecord, wasWanted: boolean): void {
  closeIfUnwanted(state, slot);
  if (!wasWanted) return;
  const active = state.classes.active;
  const onlyOwnWork = slot.work !== null && active.size === (active.has(slot.work) ? 1 : 0);
  if (onlyOwnWork) refill(state, slot);
  if (!onlyOwnWork || state.unfinished === 0 || state.stop !== null) state.unsettled = true;
}

function judge(state: SchedulerState, task: TaskRecord, answer: Answer): void {
  switch (answer.type) {
    case 'task-succeeded':
      endWell(state, task, answer.durationMs);
      return;
    case 'task-exited':
      if (task.work !== null) throw illegal(state, task.spec.id, 'done');
      endWell(state, task, answer.durationMs);
      stopAfter(state, task, null);
      return;
    case 'task-settled':
      if (task.work === null) throw illegal(state, task.spec.id, 'settled');
      moveTask(state, task, 'settled', 'home takes over');
      countProgress(task.work.openings);
      return;
    case 'task-raised':
      raise(state, task, answer);
      return;
    default:
      assertNever(answer);
  }
}

function endWell(state: SchedulerState, task: TaskRecord, durationMs: number): void {
  moveTask(state, task, 'done');
  if (!task.wasDone) countProgress(task.work === null ? state.homeOpenings : task.work.openings);
  task.wasDone = true;
  if (learn(task.kind, durationMs) && task.kind.left > 0) rankAll(state);
}

/** A shard that raised is home's to do. A cell that left has its further attempts; a cell at home has changed home already. */
function raise(
  state: SchedulerState,
  task: TaskRecord,
  { error }: Extract<Answer, { type: 'task-raised' }>,
): void {
  if (task.spec.map !== null) {
    moveTask(state, task, 'settled', `raised ${error.message}`);
    return;
  }
  task.raises += 1;
  if (task.work !== null && task.raises <= task.spec.userRetries) {
    moveBack(state, task, `raised ${error.message}`);
    return;
  }
  moveTask(state, task, 'failed', error.message);
  stopAfter(state, task, error);
}
