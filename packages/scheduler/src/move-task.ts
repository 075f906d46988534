// The one place where a task changes its state. Checks the table, writes the story and keeps everything that follows from
// states: ready queues, unmet needs, maps' open tasks. Slots are the caller's business.
import type { TaskId } from '@cellfarm/protocol';
import { IllegalTransition } from './illegal-transition.js';
import type { SchedulerState } from './scheduler-state.js';
import { recordMove, story } from './story.js';
import type { TaskRecord } from './task-record.js';
import { isOver, satisfies, transitions, type TaskState } from './task.js';

export function moveTask(
  state: SchedulerState,
  task: TaskRecord,
  to: TaskState,
  note: string | null = null,
): void {
  const from = task.state;
  if (!transitions[from].includes(to)) throw illegal(state, task.spec.id, to);
  if (from === 'ready') leaveReady(state, task);
  task.state = to;
  recordMove(task.log, task, state.event, state.now - state.openedAt, note);
  if (to === 'ready') enterReady(state, task);
  const wasOver = isOver(from);
  if (wasOver !== isOver(to)) countOver(state, task, !wasOver);
  const satisfied = satisfies(from);
  if (satisfied !== satisfies(to)) tellDependents(state, task, !satisfied);
}

/** Back to where its needs allow: `ready`, or `waiting` when one of them is not satisfied any more. */
export function moveBack(state: SchedulerState, task: TaskRecord, note: string): void {
  moveTask(state, task, task.unmet === 0 ? 'ready' : 'waiting', note);
}

export function illegal(state: SchedulerState, task: TaskId, to: TaskState): IllegalTransition {
  return new IllegalTransition(task, state.tasks.get(task)?.state ?? 'unknown', to, story(state, task));
}

/** For a task that is born ready. */
export function enterReady(state: SchedulerState, task: TaskRecord): void {
  state.unsettled = true;
  if (task.work === null) {
    state.homeReady.add(task);
    return;
  }
  task.work.ready.add(task);
  state.classes.active.add(task.work);
}

function leaveReady(state: SchedulerState, task: TaskRecord): void {
  if (task.work === null) {
    state.homeReady.remove(task);
    return;
  }
  task.work.ready.remove(task);
  if (task.work.ready.size === 0) state.classes.active.delete(task.work);
}

function countOver(state: SchedulerState, task: TaskRecord, over: boolean): void {
  state.unfinished += over ? -1 : 1;
  task.kind.left += over ? -1 : 1;
  const map = task.spec.map;
  if (map !== null) state.maps.set(map, (state.maps.get(map) ?? 0) + (over ? -1 : 1));
}

function tellDependents(state: SchedulerState, task: TaskRecord, satisfied: boolean): void {
  for (const dependent of task.dependents) {
    dependent.unmet += satisfied ? -1 : 1;
    if (satisfied && dependent.unmet === 0 && dependent.state === 'waiting')
      moveTask(state, dependent, 'ready', `${task.spec.id} is ${task.state}`);
    else if (!satisfied && dependent.state === 'ready')
      moveTask(state, dependent, 'waiting', `${task.spec.id} is played again`);
  }
}
