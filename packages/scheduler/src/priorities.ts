// Critical path: the longest way in learnt ms from a task's start to the end of the run. A shard's way goes on with what
// needs the cell that opened its map. Computed when tasks come and when an estimate was far off, not at every event.
import { estimate } from './durations.js';
import type { SchedulerState } from './scheduler-state.js';
import type { TaskRecord } from './task-record.js';

/** Rank of one task from the ranks of those that come after it. */
export function rankTask(task: TaskRecord): void {
  let tail = task.owner === null ? 0 : task.owner.tail;
  for (const dependent of task.dependents) tail = Math.max(tail, dependent.rank);
  task.tail = tail;
  task.rank = tail + estimate(task.kind);
}

/** Ranks all cells, last first (a task comes after what it needs), then the ready shards, and reorders the queues. */
export function rankAll(state: SchedulerState): void {
  for (const kind of state.kinds.values()) kind.ranked = estimate(kind);
  for (let at = state.cells.length - 1; at >= 0; at -= 1) {
    const cell = state.cells[at];
    if (cell) rankTask(cell);
  }
  for (const work of state.classes.active) {
    for (const task of work.ready.tasks) if (task.owner !== null) rankTask(task);
    work.ready.reorder();
  }
}
