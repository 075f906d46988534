// How an event is kept: the two kinds that come with every shard in columns, all others as JSON. Both directions are
// here, so that they cannot disagree.
import type { Millis, RunEvent, RunEventBody, RunId } from '@cellfarm/protocol';

/** Columns of `event`, in the order of `pushEventRow`. */
export const EVENT_COLUMNS = ['run', 'seq', 'time', 'type', 'task', 'attempt', 'worker', 'body'] as const;

export type Cell = string | number | null | Uint8Array;

/** Adds the row's values to `cells`. `time` is kept in whole milliseconds. */
export function pushEventRow(
  cells: Cell[],
  run: number,
  seq: number,
  time: Millis,
  body: RunEventBody,
): void {
  const at = Math.round(time);
  if (body.type === 'task.started') {
    cells.push(run, seq, at, body.type, body.task, body.attempt, body.worker, body.host);
  } else if (body.type === 'task.finished' && !body.cached) {
    cells.push(run, seq, at, body.type, body.task, body.attempt, body.worker, body.durationMs);
  } else {
    cells.push(run, seq, at, body.type, null, null, null, JSON.stringify(body));
  }
}

export interface EventRow {
  readonly seq: number;
  readonly time: number;
  readonly type: string;
  readonly task: string | null;
  readonly attempt: number | null;
  readonly worker: string | null;
  readonly body: string | number;
}

export function eventOf(run: RunId, row: EventRow): RunEvent {
  const stamp = { seq: row.seq, time: row.time, run };
  if (row.task === null) return { ...stamp, ...(JSON.parse(String(row.body)) as RunEventBody) };
  const { task, attempt, worker } = row;
  if (row.type === 'task.started') {
    return { ...stamp, type: 'task.started', task, attempt, worker, host: row.body } as RunEvent;
  }
  return {
    ...stamp,
    type: 'task.finished',
    task,
    attempt,
    worker,
    durationMs: row.body,
    cached: false,
  } as RunEvent;
}
