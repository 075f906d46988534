// Time: at most one `wake-at` is outstanding, for the earliest thing that waits for time.
import { say, type SchedulerState } from './scheduler-state.js';

/** Asks for a tick at this time unless one comes earlier. */
export function wakeBy(state: SchedulerState, at: number): void {
  if (at >= state.wakeAt) return;
  state.wakeAt = at;
  say(state, { type: 'wake-at', at });
}
