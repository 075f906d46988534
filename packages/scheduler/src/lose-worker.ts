// A worker's process is gone, or never came. Its first task may be the reason, the others only waited behind it; all go back.
// A task that ended too many processes is given up, and so are all tasks of a class for which no process comes up.
import { countLoss, countProgress } from './back-off.js';
import type { SchedulerEvent } from './events.js';
import { giveUp } from './give-up.js';
import { moveBack } from './move-task.js';
import type { SchedulerState } from './scheduler-state.js';
import type { SlotRecord } from './slot-record.js';
import { emptySlot } from './slots.js';
import type { WorkClass } from './work-class.js';

type Loss = Extract<SchedulerEvent, { type: 'slot-lost' | 'slot-refused' }>;

/** Times that home is asked again to fork when it would not. */
const FORK_REFUSALS = 2;

export function loseWorker(state: SchedulerState, slot: SlotRecord, loss: Loss): void {
  const refused = loss.type === 'slot-refused';
  const cause = refused ? loss.reason : loss.cause;
  const work = slot.work;
  if (work === null) return;
  const first = slot.inFlight[0];
  const ran = emptySlot(state, slot);
  countLoss(work.openings, slot, state);
  for (const task of ran) {
    if (task === first) task.endedProcesses += 1;
    if (task.endedProcesses >= state.limits.endedProcesses)
      giveUp(state, task, cause === 'out-of-memory' ? 'out-of-memory' : 'ended-processes');
    else moveBack(state, task, `${slot.id} was lost: ${cause}`);
  }
  const most = refused && work.way === 'fork' ? FORK_REFUSALS : state.limits.lossesInARow;
  if (work.openings.losses >= most && work.slots.size === 0) giveUpAll(state, work);
}

/** When no process of a class comes up any more, home does its tasks. */
function giveUpAll(state: SchedulerState, work: WorkClass): void {
  for (const task of [...work.ready.tasks]) giveUp(state, task, 'no-slot');
  countProgress(work.openings);
}
