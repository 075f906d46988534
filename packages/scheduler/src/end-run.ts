// How a run ends: done, raised, failed or cancelled. A cell that raised ends it in document order: the first exception is that
// of Restart & Run All, so what is earlier in the notebook still ends, and what is later does not start.
import { describe, CATALOGUE, type ErrorCode, type ErrorReport, type TaskId } from '@cellfarm/protocol';
import { cancelLater } from './add-tasks.js';
import type { CloseReason } from './instructions.js';
import { moveTask } from './move-task.js';
import { say, type SchedulerState } from './scheduler-state.js';
import { emptySlot } from './slots.js';
import { isOver } from './task.js';
import type { TaskRecord } from './task-record.js';

/** A cell raised (`error`) or called `exit()` (null). The earliest one in the notebook decides. */
export function stopAfter(state: SchedulerState, task: TaskRecord, error: ErrorReport | null): void {
  state.unsettled = true;
  if (state.stop !== null && state.stop.order <= task.spec.order) return;
  state.stop = { order: task.spec.order, task, error };
  cancelLater(state);
}

/** Ends the run when nothing is left that could change how it ends. */
export function finishIfOver(state: SchedulerState): void {
  if (state.phase !== 'running') return;
  const stop = state.stop;
  if (stop === null) {
    if (state.unfinished > 0) return;
    endRun(state, false, 'run-over');
    say(state, { type: 'finish-run', state: 'done', reason: 'every task is over', beyond: [] });
    return;
  }
  if (state.cells.some((cell) => cell.spec.order < stop.order && !isOver(cell.state))) return;
  const beyond = beyondStop(state, stop.order);
  endRun(state, false, 'run-over');
  const task = stop.task.spec.id;
  if (stop.error === null)
    say(state, { type: 'finish-run', state: 'done', reason: `${task} called exit()`, beyond });
  else say(state, { type: 'fail-run', state: 'raised', task, error: stop.error, beyond });
}

/** Ends the run at once with an error that is not the user's. */
export function failRun(
  state: SchedulerState,
  task: TaskRecord | null,
  code: ErrorCode,
  fields: Readonly<Record<string, string | number>>,
): void {
  if (task?.state === 'running') {
    moveTask(state, task, 'failed', describe(code, fields).message);
    task.slot = null;
  }
  endRun(state, true, 'run-over');
  const error: ErrorReport = {
    code,
    name: CATALOGUE[code].name,
    ...describe(code, fields),
    cell: task === null ? null : (task.owner ?? task).spec.order,
    line: null,
  };
  say(state, { type: 'fail-run', state: 'failed', task: task?.spec.id ?? null, error, beyond: [] });
}

export function cancelRun(state: SchedulerState, reason: string): void {
  endRun(state, true, 'cancelled');
  say(state, { type: 'finish-run', state: 'cancelled', reason, beyond: [] });
}

function beyondStop(state: SchedulerState, order: number): TaskId[] {
  return state.cells
    .filter((cell) => cell.work === null && cell.spec.order > order && cell.attempt > 0)
    .map((cell) => cell.spec.id);
}

function endRun(state: SchedulerState, closeHome: boolean, reason: CloseReason): void {
  state.phase = 'over';
  for (const slot of [...state.workers, state.home]) {
    if (slot.state === 'closed') continue;
    if (slot === state.home && !closeHome) continue;
    say(state, { type: 'close-slot', slot: slot.id, epoch: slot.epoch, reason });
    emptySlot(state, slot);
  }
  for (const task of state.tasks.values()) {
    if (isOver(task.state)) continue;
    moveTask(state, task, 'cancelled', 'the run is over');
    task.slot = null;
  }
  state.home.live = 0;
  state.home.inFlight = [];
}
