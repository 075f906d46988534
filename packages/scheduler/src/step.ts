// One event in, instructions out: the only door to a scheduler's state. Deterministic, without I/O, time comes with the event.
// Each rule lives in the file named after it; this one says which event asks which rule.
import { assertNever, type SlotId } from '@cellfarm/protocol';
import { addTasks, cancelLater } from './add-tasks.js';
import { cancelRun, finishIfOver } from './end-run.js';
import type { RunOpened, SchedulerEvent } from './events.js';
import { loseHome, placeHome } from './home.js';
import { badEvent } from './illegal-transition.js';
import type { Instruction } from './instructions.js';
import { withdrawTasks } from './maps.js';
import { placeAway } from './place-away.js';
import { ResourceLedger } from './resource-ledger.js';
import { takeAnswer, takeSuccesses } from './results.js';
import type { SchedulerState } from './scheduler-state.js';
import { newSlot, type SlotRecord } from './slot-record.js';
import { loseWorker } from './lose-worker.js';
import { closeSlot } from './slots.js';
import { takeTick } from './time-outs.js';
import { WorkClasses } from './work-class.js';

/**
 * Advances `state` by one event, in place, and returns what is to be done now, in order.
 * Throws `IllegalTransition`, or error C5008, on events that contradict what was agreed; the state is of no use afterwards.
 */
export function step(state: SchedulerState, event: SchedulerEvent): Instruction[] {
  const said: Instruction[] = [];
  state.said = said;
  state.event += 1;
  state.now = Math.max(state.now, event.now);
  if (state.phase === 'over') return said;
  if ((state.phase === 'new') !== (event.type === 'run-opened'))
    throw badEvent(`${event.type} in a run that is ${state.phase}`);
  handle(state, event);
  while (state.phase === 'running' && state.unsettled) {
    state.unsettled = false;
    placeAway(state);
    finishIfOver(state);
    placeHome(state);
  }
  return said;
}

function handle(state: SchedulerState, event: SchedulerEvent): void {
  switch (event.type) {
    case 'run-opened':
      openRun(state, event);
      return;
    case 'tasks-added':
      addTasks(state, event.tasks);
      cancelLater(state);
      return;
    case 'tasks-withdrawn':
      withdrawTasks(
        state,
        event.tasks.flatMap((id) => state.tasks.get(id) ?? []),
        'home does it itself',
      );
      return;
    case 'attempt-unwanted': {
      const slot = state.tasks.get(event.task)?.slot ?? null;
      if (slot !== null && slot !== state.home) closeSlot(state, slot, 'attempt-unwanted');
      return;
    }
    case 'slot-opened': {
      const slot = currentSlot(state, event);
      if (slot === null) return;
      if (slot.state !== 'opening') throw badEvent(`slot ${slot.id} was opened twice`);
      slot.state = 'open';
      if (slot.work !== null) slot.work.opening -= 1;
      state.unsettled = true;
      return;
    }
    case 'slot-lost':
    case 'slot-refused': {
      const slot = currentSlot(state, event);
      if (slot === null) return;
      if (slot === state.home) loseHome(state, event.type === 'slot-lost' ? event.cause : event.reason);
      else loseWorker(state, slot, event);
      return;
    }
    case 'task-succeeded':
    case 'task-raised':
    case 'task-settled':
    case 'task-exited': {
      const slot = currentSlot(state, event);
      if (slot !== null) takeAnswer(state, slot, event);
      return;
    }
    case 'tasks-succeeded': {
      const slot = currentSlot(state, event);
      if (slot !== null) takeSuccesses(state, slot, event.tasks);
      return;
    }
    case 'capacity-changed':
      state.ledger.setCapacity(event.target, event.capacity);
      state.capacityToldAt = state.now;
      state.unsettled = true;
      return;
    case 'cancel-requested':
      cancelRun(state, event.reason);
      return;
    case 'tick':
      takeTick(state);
      return;
    default:
      assertNever(event);
  }
}

function openRun(state: SchedulerState, event: RunOpened): void {
  const { workers } = event;
  const { targets, ...limits } = event.limits;
  state.phase = 'running';
  state.openedAt = event.now;
  state.capacityToldAt = event.now;
  state.target = event.target;
  state.limits = { ...state.limits, ...limits };
  state.durations = event.durations;
  state.classes = new WorkClasses(event.target);
  state.ledger = new ResourceLedger(workers);
  for (const [target, capacity] of Object.entries(targets)) state.ledger.setCapacity(target, capacity);
  state.home = newSlot(-1, event.epoch);
  state.workers = Array.from({ length: workers }, (_, number) => newSlot(number, event.epoch));
  for (const slot of [state.home, ...state.workers]) state.slots.set(slot.id, slot);
  state.unsettled = true;
  addTasks(state, event.tasks, new Set(event.done));
}

/** The slot, if the event is of its present epoch. */
function currentSlot(state: SchedulerState, event: { slot: SlotId; epoch: number }): SlotRecord | null {
  const slot = state.slots.get(event.slot);
  if (slot === undefined) throw badEvent(`there is no slot ${event.slot}`);
  if (slot.state !== 'closed' && slot.epoch === event.epoch) return slot;
  state.late += 1;
  return null;
}
