// Open maps: what is left of them, and what is closed with them.
import type { TaskId } from '@cellfarm/protocol';
import { IllegalTransition } from './illegal-transition.js';
import { moveTask } from './move-task.js';
import type { SchedulerState } from './scheduler-state.js';
import { closeIfUnwanted, closeSlot } from './slots.js';
import { story } from './story.js';
import { isOver } from './task.js';
import type { TaskRecord } from './task-record.js';

/** Home does this task itself. True when it was not over yet. */
function withdraw(state: SchedulerState, task: TaskRecord, note: string): boolean {
  if (isOver(task.state)) return false;
  const { slot, spec } = task;
  if (spec.lane === 'home' && slot !== null)
    throw new IllegalTransition(spec.id, task.state, 'withdrawn', story(state, spec.id));
  moveTask(state, task, 'withdrawn', note);
  if (slot !== null) {
    task.slot = null;
    slot.live -= 1;
    state.unsettled = true;
  }
  return true;
}

/** Withdraws tasks that home does itself, ends the processes that nobody needs any more. */
export function withdrawTasks(
  state: SchedulerState,
  tasks: Iterable<TaskRecord>,
  note: string,
): TaskRecord[] {
  const withdrawn: TaskRecord[] = [];
  const maps = new Set<TaskId>();
  for (const task of tasks) {
    if (!withdraw(state, task, note)) continue;
    withdrawn.push(task);
    if (task.spec.map !== null) maps.add(task.spec.map);
  }
  for (const map of maps) closeMapIfOver(state, map);
  if (withdrawn.length > 0) for (const slot of state.workers) closeIfUnwanted(state, slot);
  return withdrawn;
}

/** Withdraws what is left of the maps that a home task opened. */
export function withdrawMapsOf(state: SchedulerState, owner: TaskRecord, note: string): TaskRecord[] {
  return owner.shards === null ? [] : withdrawTasks(state, owner.shards, note);
}

/** A home task is over, and with it its maps. Only shards whose story is not the usual one are remembered. */
export function forgetMapsOf(state: SchedulerState, owner: TaskRecord): void {
  for (const shard of owner.shards ?? []) {
    const { id } = shard.spec;
    if (shard.log.notes === null && state.tasks.get(id) === shard) state.tasks.delete(id);
  }
  owner.shards = null;
}

/** When no shard of a map is left its forked processes are closed: they hold a memory that home has left behind. */
export function closeMapIfOver(state: SchedulerState, id: TaskId): void {
  if (state.maps.get(id) !== 0) return;
  state.maps.delete(id);
  for (const slot of state.workers) if (slot.work?.map === id) closeSlot(state, slot, 'map-closed');
  state.classes.forgetMap(id);
}
