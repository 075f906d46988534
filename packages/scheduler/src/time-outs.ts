// What a tick brings about: attempts that took too long are ended with their process, and the next time is asked for.
import { failRun } from './end-run.js';
import { restartHome } from './home.js';
import type { SchedulerState } from './scheduler-state.js';
import type { SlotRecord } from './slot-record.js';
import { closeSlot } from './slots.js';
import { wakeBy } from './wake.js';

/** When the first task of a slot is over its time; Infinity without a limit. Those behind it have not begun. */
function deadlineOf(slot: SlotRecord): number {
  const first = slot.inFlight[0];
  if (first === undefined || first.state !== 'running' || first.spec.timeoutMs === null) return Infinity;
  return slot.firstSince + first.spec.timeoutMs;
}

export function takeTick(state: SchedulerState): void {
  if (state.now < state.wakeAt) return;
  state.wakeAt = Infinity;
  for (const slot of [state.home, ...state.workers]) {
    if (state.phase !== 'running') return;
    if (state.now >= deadlineOf(slot)) endAttempt(state, slot);
  }
  for (const slot of state.slots.values()) {
    const deadline = deadlineOf(slot);
    if (deadline !== Infinity) wakeBy(state, deadline);
  }
  state.unsettled = true;
}

function endAttempt(state: SchedulerState, slot: SlotRecord): void {
  const task = slot.inFlight[0];
  if (task === undefined || task.spec.timeoutMs === null) return;
  task.timeouts += 1;
  if (task.timeouts > task.spec.userRetries)
    failRun(state, task, 'C4004', { task: task.spec.id, timeout: inWords(task.spec.timeoutMs) });
  else if (slot === state.home) restartHome(state);
  else closeSlot(state, slot, 'task-timeout');
}

function inWords(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}
