// A worker's process is gone, or never came. Its first task may be the reason, the others only waited behind it; all go back.
// A task that ended too many processes is given up, and so are all tasks of a class for which no process comes up.
import { countLoss } from './back-off.js';
import { giveUp } from './give-up.js';
import { moveBack } from './move-task.js';
import type { SchedulerState } from './scheduler-state.js';
import type { SlotRecord } from './slot-record.js';
import { emptySlot } from './slots.js';
import type { WorkClass } from './work-class.js';

export function loseWorker(state: SchedulerState, slot: SlotRecord, cause: string): void {
  const work = slot.work;
  if (work === null) return;
  const first = slot.inFlight[0];
  const ran = emptySlot(state, slot);
  countLoss(work.openings, state.now);
  for (const task of ran) {
    if (task === first) task.endedProcesses += 1;
    if (task.endedProcesses >= state.limits.endedProcesses)
      giveUp(state, task, cause === 'out-of-memory' ? 'out-of-memory' : 'ended-processes');
    else moveBack(state, task, `${slot.id} was lost: ${cause}`);
  }
  giveUpHopeless(state, work);
}

/** When no process of a class comes up any more, home does its tasks. */
function giveUpHopeless(state: SchedulerState, work: WorkClass): void {
  if (work.openings.losses < state.limits.lossesInARow || work.slots.size > 0) return;
  for (const task of [...work.ready.tasks]) giveUp(state, task, 'no-slot');
  work.openings.losses = 0;
}
