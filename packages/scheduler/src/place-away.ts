// Which away task starts in which slot, and which slots are opened for them. Classes of work take their turn by their most
// urgent task. A class without a slot that finds no room holds back the less urgent ones, so that room comes free for it.
import { creditWindow } from './credit.js';
import { giveUp } from './give-up.js';
import { byCriticalPath } from './ready-queue.js';
import { NO_AMOUNT, sum } from './resource-ledger.js';
import type { SchedulerState } from './scheduler-state.js';
import type { SlotRecord } from './slot-record.js';
import { closeSlot, openSlot, startTask } from './slots.js';
import type { TaskRecord } from './task-record.js';
import { wakeBy } from './wake.js';
import type { WorkClass } from './work-class.js';

export function placeAway(state: SchedulerState): void {
  const active = state.classes.active;
  if (active.size === 0) return;
  if (state.workers.length === 0) {
    for (const work of [...active])
      for (const task of [...work.ready.tasks]) giveUp(state, task, 'no-workers');
    return;
  }
  for (const work of active.size === 1 ? [...active] : [...active].sort(byUrgency)) {
    fill(state, work);
    if (!openFor(state, work)) return;
  }
}

/** Gives one slot as many tasks of its class as its credit allows. */
export function refill(state: SchedulerState, slot: SlotRecord): void {
  const work = slot.work;
  if (work === null) return;
  for (;;) {
    const next = work.ready.first();
    if (next === undefined || !mayTake(state, slot, work, next)) return;
    startTask(state, slot, next);
  }
}

/** Deals a class's ready tasks to its open slots, one each in turn, so that the first ones run at once. */
function fill(state: SchedulerState, work: WorkClass): void {
  let dealt = true;
  while (dealt) {
    dealt = false;
    for (const slot of work.slots) {
      const next = work.ready.first();
      if (next === undefined) return;
      if (!mayTake(state, slot, work, next)) continue;
      startTask(state, slot, next);
      dealt = true;
    }
  }
}

/** Only shards queue up in a slot, and only behind shards that are still wanted: a cell that leaves has a slot to itself. */
function mayTake(state: SchedulerState, slot: SlotRecord, work: WorkClass, next: TaskRecord): boolean {
  if (slot.state !== 'open' || slot.live < slot.inFlight.length) return false;
  const first = slot.inFlight[0];
  if (first === undefined) return true;
  if (first.spec.map === null || next.spec.map === null) return false;
  const window = creditWindow({
    ready: work.ready.size,
    slots: work.slots.size,
    meanMs: next.kind.mean,
    most: state.limits.credit,
  });
  return slot.live < window;
}

/** Opens slots while tasks are ready that no slot will take. False: less urgent classes must hold back. */
function openFor(state: SchedulerState, work: WorkClass): boolean {
  const amount = state.ledger.amountOf(work.target, work.resources);
  while (work.ready.size > work.opening) {
    if (!state.ledger.canEverHold(work.target, amount)) {
      waitForTarget(state, work);
      return true;
    }
    if (state.now < work.openings.notBefore) {
      wakeBy(state, work.openings.notBefore);
      return true;
    }
    const slot = makeRoom(state, work);
    if (slot === null) return work.slots.size > 0;
    openSlot(state, slot, work);
  }
  return true;
}

/** Agents may still announce themselves; what the target cannot hold some time after its capacity was told is home's. */
function waitForTarget(state: SchedulerState, work: WorkClass): void {
  const until = state.capacityToldAt + state.limits.patienceMs;
  if (state.now < until) {
    wakeBy(state, until);
    return;
  }
  const reason = state.ledger.knows(work.target) ? 'target-too-small' : 'target-unknown';
  for (const task of [...work.ready.tasks]) giveUp(state, task, reason);
}

/** A closed slot whose opening fits the ledger, if need be after idle slots of other classes were closed; null: no room. */
function makeRoom(state: SchedulerState, work: WorkClass): SlotRecord | null {
  const amount = state.ledger.amountOf(work.target, work.resources);
  let free = state.workers.find((slot) => slot.state === 'closed') ?? null;
  let released = NO_AMOUNT;
  const closing: SlotRecord[] = [];
  for (const slot of state.workers) {
    const fits = state.ledger.fits(work.target, amount, released);
    if (free !== null && fits) break;
    if (slot.work === null || slot.amount === null || !mayReplace(work, slot, slot.work)) continue;
    const sameTarget = slot.work.target === work.target;
    if (free !== null && !sameTarget) continue;
    closing.push(slot);
    free ??= slot;
    if (sameTarget) released = sum(released, slot.amount);
  }
  if (free === null || !state.ledger.fits(work.target, amount, released)) return null;
  for (const slot of closing) closeSlot(state, slot, 'number-needed');
  return free;
}

/** Idle, of another class, and not wanted there; or wanted less than by a class that has no slot at all. */
function mayReplace(work: WorkClass, slot: SlotRecord, other: WorkClass): boolean {
  if (other === work || slot.state !== 'open' || slot.inFlight.length > 0) return false;
  return other.ready.size === 0 || (work.slots.size === 0 && byUrgency(work, other) < 0);
}

function byUrgency(a: WorkClass, b: WorkClass): number {
  const [first, second] = [a.ready.first(), b.ready.first()];
  return first === undefined || second === undefined ? 0 : byCriticalPath(first, second);
}
