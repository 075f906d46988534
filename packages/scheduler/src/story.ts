// The life of one task in words: each move with the event that caused it, its time, its slot and its reason.
import type { TaskId } from '@cellfarm/protocol';
import type { SchedulerState } from './scheduler-state.js';
import type { StoryLog, TaskRecord } from './task-record.js';
import type { TaskState } from './task.js';

const STATES: readonly TaskState[] = [
  'waiting',
  'ready',
  'running',
  'done',
  'settled',
  'withdrawn',
  'given-up',
  'failed',
  'cancelled',
];
const CODES = Object.fromEntries(STATES.map((state, code) => [state, code])) as Record<TaskState, number>;
const FIELDS = 5;

/** The story of a task that is born in this state. */
export function beginStory(event: number, time: number, born: TaskState): StoryLog {
  return { moves: [event, time, CODES[born], -2, 0], notes: null };
}

/** Writes down the state a task has just come to. */
export function recordMove(
  log: StoryLog,
  task: TaskRecord,
  event: number,
  time: number,
  note: string | null,
): void {
  if (note !== null) (log.notes ??= new Map()).set(log.moves.length / FIELDS, note);
  const slot = task.state === 'running' ? task.slot : null;
  log.moves.push(
    event,
    time,
    CODES[task.state],
    slot === null ? -2 : slot.number,
    slot === null ? 0 : slot.epoch,
  );
}

function slotInWords(slot: number, epoch: number): string {
  if (slot === -2) return '';
  return ` in ${slot < 0 ? 'home' : `w${slot}`} of epoch ${epoch}`;
}

/**
 * One line for each move: `event 12, 345 ms: running in w0 of epoch 3`. Times count from the opening of the run.
 * Empty for a task that is not known. An id that came again tells the life of the last task of that id.
 */
export function story(state: SchedulerState, task: TaskId): string[] {
  const log = state.tasks.get(task)?.log;
  if (log === undefined) return [];
  const lines: string[] = [];
  for (let at = 0; at < log.moves.length; at += FIELDS) {
    const [event, time, code, slot, epoch] = log.moves.slice(at, at + FIELDS) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const note = log.notes?.get(at / FIELDS);
    lines.push(
      `event ${event}, ${time} ms: ${STATES[code] ?? '?'}${slotInWords(slot, epoch)}${note === undefined ? '' : ` (${note})`}`,
    );
  }
  return lines;
}
