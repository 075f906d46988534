// What must hold after every event. Meant for tests: it looks at every task, so it costs more than the event itself.
import { NO_AMOUNT, sum } from './resource-ledger.js';
import type { SchedulerState } from './scheduler-state.js';
import type { SlotRecord } from './slot-record.js';
import { isOver, satisfies } from './task.js';
import type { TaskRecord } from './task-record.js';
import { whyWaiting } from './why-waiting.js';

/** Sentences about what does not hold; empty when all is well. */
export function checkInvariants(state: SchedulerState): string[] {
  const wrong: string[] = [];
  const must = (holds: boolean, sentence: string): void => {
    if (!holds) wrong.push(sentence);
  };
  for (const task of state.tasks.values()) checkTask(state, task, must);
  for (const slot of state.slots.values()) checkSlot(slot, must);
  checkCounts(state, must);
  checkLedger(state, must);
  if (state.phase === 'over') {
    must(
      state.workers.every((slot) => slot.state === 'closed'),
      'a worker slot is open after the end',
    );
    must(state.unfinished === 0, 'a task is not over after the end');
  }
  return wrong;
}

type Must = (holds: boolean, sentence: string) => void;

function checkTask(state: SchedulerState, task: TaskRecord, must: Must): void {
  const { id } = task.spec;
  const unmet = task.needs.filter((need) => !satisfies(need.state)).length;
  must(task.unmet === unmet, `${id} counts ${task.unmet} unmet needs, there are ${unmet}`);
  must(task.heapIndex >= 0 === (task.state === 'ready'), `${id} is ${task.state}, queued: ${task.heapIndex}`);
  must(
    (task.slot !== null) === (task.state === 'running'),
    `${id} is ${task.state} with a slot, or runs without`,
  );
  if (task.state === 'ready') must(unmet === 0, `${id} is ready with ${unmet} unmet needs`);
  if (task.state === 'waiting') must(unmet > 0, `${id} waits for nothing`);
  if (task.slot !== null) {
    const times = task.slot.inFlight.filter((other) => other === task).length;
    must(times === 1 && task.slot.state === 'open', `${id} is ${times} times in ${task.slot.id}`);
  }
  if (task.state === 'waiting' || task.state === 'ready')
    must(whyWaiting(state, id) !== null, `${id} waits without a reason`);
}

function checkSlot(slot: SlotRecord, must: Must): void {
  const live = slot.inFlight.filter((task) => task.slot === slot);
  must(slot.live === live.length, `${slot.id} counts ${slot.live} live tasks, there are ${live.length}`);
  must(new Set(live.map((task) => task.spec.id)).size === live.length, `${slot.id} runs a task twice`);
  if (slot.state !== 'open') must(slot.inFlight.length === 0, `${slot.id} is ${slot.state} with tasks`);
  if (slot.number < 0) must(slot.inFlight.length <= 1, 'home plays more than one task');
  else must((slot.work !== null) === (slot.state !== 'closed'), `${slot.id} is ${slot.state}`);
  for (const task of live) must(task.work === slot.work, `${task.spec.id} runs in a slot of other work`);
}

function checkCounts(state: SchedulerState, must: Must): void {
  const tasks = [...state.tasks.values()];
  const unfinished = tasks.filter((task) => !isOver(task.state)).length;
  must(state.unfinished === unfinished, `${state.unfinished} counted as not over, there are ${unfinished}`);
  for (const [map, left] of state.maps) {
    const open = tasks.filter((task) => task.spec.map === map && !isOver(task.state)).length;
    must(
      left === open && (left > 0 || state.phase === 'over'),
      `map ${map} counts ${left} open, there are ${open}`,
    );
  }
  for (const work of state.classes.all()) {
    const slots = state.workers.filter((slot) => slot.work === work);
    must(work.slots.size === slots.length, `class ${work.key} counts ${work.slots.size} slots`);
    must(
      work.opening === slots.filter((slot) => slot.state === 'opening').length,
      `class ${work.key} counts ${work.opening} opening`,
    );
    must(
      state.classes.active.has(work) === work.ready.size > 0,
      `class ${work.key} active with ${work.ready.size}`,
    );
    checkQueue(work.ready.tasks, must);
  }
}

function checkQueue(heap: readonly TaskRecord[], must: Must): void {
  heap.forEach((task, at) => {
    must(task.heapIndex === at && task.state === 'ready', `${task.spec.id} is misplaced in its queue`);
    const parent = heap[(at - 1) >> 1];
    if (at > 0 && parent)
      must(parent.rank >= task.rank, `${task.spec.id} is queued behind a less urgent task`);
  });
}

function checkLedger(state: SchedulerState, must: Must): void {
  for (const target of state.ledger.targets()) {
    let held = NO_AMOUNT;
    for (const slot of state.workers)
      if (slot.work?.target === target && slot.amount !== null) held = sum(held, slot.amount);
    const used = state.ledger.used(target);
    must(
      JSON.stringify(held) === JSON.stringify(used),
      `the ledger of ${target} is out of step with its slots`,
    );
    must(state.ledger.withinCapacity(target), `target ${target} is over its capacity`);
  }
}
