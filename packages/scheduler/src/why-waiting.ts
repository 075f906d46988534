// Why a task that could be done is not running: one reason with words for people, for every waiting and every ready task.
import { assertNever, type SlotId, type TaskId } from '@cellfarm/protocol';
import { amountInWords } from './resource-ledger.js';
import type { SchedulerState } from './scheduler-state.js';
import type { TaskRecord } from './task-record.js';
import { satisfies } from './task.js';
import type { WorkClass } from './work-class.js';

export type WaitReason = { readonly text: string } & (
  | { readonly reason: 'needs'; readonly tasks: readonly TaskId[] }
  | { readonly reason: 'home-busy'; readonly task: TaskId }
  | { readonly reason: 'home-opening' }
  | { readonly reason: 'target-unknown'; readonly target: string }
  | { readonly reason: 'target-too-small'; readonly target: string }
  | { readonly reason: 'back-off'; readonly until: number }
  | { readonly reason: 'slot-opening'; readonly slots: readonly SlotId[] }
  | { readonly reason: 'slots-busy'; readonly slots: readonly SlotId[] }
  | { readonly reason: 'no-room'; readonly target: string }
);

/** Null for a task that runs, is over, or is not known. */
export function whyWaiting(state: SchedulerState, id: TaskId): WaitReason | null {
  const task = state.tasks.get(id);
  if (task === undefined) return null;
  switch (task.state) {
    case 'waiting':
      return needsOf(task);
    case 'ready':
      return task.work === null ? whyHomeWaits(state) : whyAwayWaits(state, task.work);
    case 'running':
    case 'done':
    case 'settled':
    case 'withdrawn':
    case 'given-up':
    case 'failed':
    case 'cancelled':
      return null;
    default:
      return assertNever(task.state);
  }
}

function needsOf(task: TaskRecord): WaitReason {
  const tasks = task.needs.filter((need) => !satisfies(need.state)).map((need) => need.spec.id);
  return { reason: 'needs', tasks, text: `needs ${tasks.join(', ')} first` };
}

function whyHomeWaits(state: SchedulerState): WaitReason {
  const playing = state.home.inFlight[0];
  if (playing !== undefined)
    return { reason: 'home-busy', task: playing.spec.id, text: `home plays ${playing.spec.id}` };
  const until = state.homeOpenings.notBefore;
  if (state.home.state === 'closed' && until > state.now)
    return { reason: 'back-off', until, text: `home is started again in ${until - state.now} ms` };
  return { reason: 'home-opening', text: 'home is being started' };
}

function whyAwayWaits(state: SchedulerState, work: WorkClass): WaitReason {
  const { target, openings } = work;
  if (!state.ledger.knows(target))
    return { reason: 'target-unknown', target, text: `nothing is known of target ${target}` };
  const amount = state.ledger.amountOf(target, work.resources);
  if (!state.ledger.canEverHold(target, amount)) {
    const has = amountInWords(state.ledger.capacity(target));
    return {
      reason: 'target-too-small',
      target,
      text: `asks for ${amountInWords(amount)}; target ${target} has ${has}`,
    };
  }
  if (work.slots.size === 0 && openings.notBefore > state.now) {
    const until = openings.notBefore;
    return { reason: 'back-off', until, text: `a process is started again in ${until - state.now} ms` };
  }
  const opening = [...work.slots].filter((slot) => slot.state === 'opening').map((slot) => slot.id);
  if (opening.length > 0)
    return { reason: 'slot-opening', slots: opening, text: `${opening.join(', ')} being started` };
  if (work.slots.size > 0) {
    const slots = [...work.slots].map((slot) => slot.id);
    return { reason: 'slots-busy', slots, text: `${slots.join(', ')} busy` };
  }
  if (state.workers.every((slot) => slot.state !== 'closed')) {
    const slots = state.workers.map((slot) => slot.id);
    return { reason: 'slots-busy', slots, text: 'every slot has other work' };
  }
  const used = amountInWords(state.ledger.used(target));
  return { reason: 'no-room', target, text: `asks for ${amountInWords(amount)}; ${used} in use` };
}
