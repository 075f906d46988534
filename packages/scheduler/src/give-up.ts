// Work that will not be done away: home does it itself, and what depends on it goes on.
import type { GiveUpReason } from './instructions.js';
import { closeMapIfOver } from './maps.js';
import { moveTask } from './move-task.js';
import { say, type SchedulerState } from './scheduler-state.js';
import type { TaskRecord } from './task-record.js';

export function giveUp(state: SchedulerState, task: TaskRecord, reason: GiveUpReason): void {
  moveTask(state, task, 'given-up', reason);
  say(state, { type: 'give-up-task', task: task.spec.id, reason });
  if (task.spec.map !== null) closeMapIfOver(state, task.spec.map);
}
