// How events are kept: the two kinds that come with every shard in columns, and those of shards in a row as one row; all others as JSON.
// Both directions are here, so that they cannot disagree.
import type { Millis, RunEvent, RunEventBody, RunId } from '@cellfarm/protocol';

/** Columns of `event`, in the order of `EventRows`. */
export const EVENT_COLUMNS = [
  'run',
  'seq',
  'time',
  'type',
  'task',
  'attempt',
  'worker',
  'body',
  'count',
] as const;
const BODY = EVENT_COLUMNS.indexOf('body');
const COUNT = EVENT_COLUMNS.indexOf('count');

export type Cell = string | number | null | Uint8Array;
type OfTask = Extract<RunEventBody, { type: 'task.started' | 'task.finished' }>;

/** A row that the next event may still extend. */
interface OpenRow {
  readonly first: OfTask;
  readonly time: number;
  /** Where its cells begin. */
  readonly at: number;
  /** Id of the task after its last: `c1.m0.0/12`. */
  next: string;
  readonly prefix: string;
  number: number;
  readonly durations: number[];
}

/** Rows of one run that wait to be inserted. */
export class EventRows {
  private readonly cells: Cell[] = [];
  private open: OpenRow | null = null;

  constructor(private readonly run: number) {}

  /** Adds an event. `time` is kept in whole milliseconds. */
  push(seq: number, time: Millis, body: RunEventBody): void {
    const at = Math.round(time);
    if (body.type === 'task.started' || (body.type === 'task.finished' && !body.cached)) {
      if (!this.extend(at, body)) this.begin(seq, at, body);
      return;
    }
    this.close();
    this.cells.push(this.run, seq, at, body.type, null, null, null, JSON.stringify(body), 1);
  }

  /** The values of all rows, one after another. */
  values(): readonly Cell[] {
    this.close();
    return this.cells;
  }

  private begin(seq: number, time: number, body: OfTask): void {
    this.close();
    const at = this.cells.length;
    const slash = body.task.lastIndexOf('/');
    const prefix = body.task.slice(0, slash + 1);
    const number = slash < 0 ? NaN : Number(body.task.slice(slash + 1));
    const detail = body.type === 'task.started' ? body.host : body.durationMs;
    this.cells.push(this.run, seq, time, body.type, body.task, body.attempt, body.worker, detail, 1);
    const durations = body.type === 'task.finished' ? [body.durationMs] : [];
    this.open = { first: body, time, at, next: `${prefix}${number + 1}`, prefix, number, durations };
  }

  private extend(time: number, body: OfTask): boolean {
    const { open } = this;
    if (open === null || open.next !== body.task || open.time !== time || !isAlike(open.first, body))
      return false;
    open.number += 1;
    open.next = `${open.prefix}${open.number + 1}`;
    if (body.type === 'task.finished') open.durations.push(body.durationMs);
    this.cells[open.at + COUNT] = (this.cells[open.at + COUNT] as number) + 1;
    return true;
  }

  private close(): void {
    const { open } = this;
    if (open && open.durations.length > 1) this.cells[open.at + BODY] = JSON.stringify(open.durations);
    this.open = null;
  }
}

function isAlike(first: OfTask, body: OfTask): boolean {
  if (first.attempt !== body.attempt || first.worker !== body.worker) return false;
  if (first.type === 'task.started') return body.type === 'task.started' && first.host === body.host;
  return body.type === 'task.finished';
}

export interface EventRow {
  readonly seq: number;
  readonly time: number;
  readonly type: string;
  readonly task: string | null;
  readonly attempt: number | null;
  readonly worker: string | null;
  readonly body: string | number;
  readonly count: number;
}

/** The events that a row holds, in order. */
export function eventsOf(run: RunId, row: EventRow): RunEvent[] {
  const stamp = { time: row.time, run };
  if (row.task === null)
    return [{ seq: row.seq, ...stamp, ...(JSON.parse(String(row.body)) as RunEventBody) }];
  const { attempt, worker, count, body } = row;
  const slash = row.task.lastIndexOf('/');
  const first = Number(row.task.slice(slash + 1));
  const durations =
    count > 1 && row.type === 'task.finished' ? (JSON.parse(String(body)) as number[]) : [body];
  return Array.from({ length: count }, (_, index): RunEvent => {
    const task = index === 0 ? row.task : `${row.task?.slice(0, slash + 1)}${first + index}`;
    const common = { seq: row.seq + index, ...stamp, type: row.type, task, attempt, worker };
    const rest =
      row.type === 'task.started' ? { host: body } : { durationMs: durations[index], cached: false };
    return { ...common, ...rest } as RunEvent;
  });
}
