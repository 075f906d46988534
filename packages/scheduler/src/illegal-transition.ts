// What is thrown when an event or a rule asks for a move that the transition table does not have: a fault of ours or of
// whoever sends the events, never of the user. The state must not be used further.
import { CellfarmError, type TaskId } from '@cellfarm/protocol';
import type { TaskState } from './task.js';

export class IllegalTransition extends CellfarmError {
  constructor(
    readonly task: TaskId,
    readonly from: TaskState | 'unknown',
    readonly to: TaskState,
    readonly story: readonly string[],
  ) {
    super('C5008', {
      detail: `task ${task} cannot go from ${from} to ${to}; its story: ${story.length === 0 ? 'none' : story.join('; ')}`,
      log: 'service.log',
    });
    this.name = 'IllegalTransition';
  }
}

/** Events that contradict each other or what was agreed. */
export function badEvent(detail: string): CellfarmError {
  return new CellfarmError('C5008', { detail, log: 'service.log' });
}
