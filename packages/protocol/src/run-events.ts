// Everything that happens in a run, as one numbered stream: journaled, sent to the live feed, written by `--events`.
import { z } from 'zod';
import { ErrorReport } from './errors.js';
import { TaskId } from './ids.js';
import type { RunId } from './ids.js';
import { OutputMeta } from './worker-messages.js';

export const RunState = z.enum(['running', 'done', 'raised', 'failed', 'cancelled']);
export type RunState = z.infer<typeof RunState>;

const Part = z.enum(['home', 'worker', 'shard']);
const Worker = z.string();

/** Bodies of the events by `type`. The names are a contract with other tools. */
export const RunEventBody = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('run.started'),
    notebook: z.string(),
    digest: z.string(),
    python: z.string(),
    workers: z.int().min(0),
    fork: z.boolean(),
    target: z.string(),
    cells: z.int().min(0),
  }),
  z.strictObject({ type: z.literal('run.resumed'), reason: z.string() }),
  z.strictObject({
    type: z.literal('process.started'),
    worker: Worker,
    part: Part,
    pid: z.int(),
    host: z.string(),
    agent: z.string(),
    epoch: z.int(),
  }),
  z.strictObject({
    type: z.literal('process.lost'),
    worker: Worker,
    part: Part,
    epoch: z.int(),
    reason: z.string(),
  }),
  z.strictObject({
    type: z.literal('task.started'),
    task: TaskId,
    attempt: z.int().min(1),
    worker: Worker,
    host: z.string(),
  }),
  z.strictObject({
    type: z.literal('task.finished'),
    task: TaskId,
    attempt: z.int().min(1),
    worker: Worker,
    durationMs: z.number(),
    /** True when a committed result was taken instead of executing. */
    cached: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('task.failed'),
    task: TaskId,
    attempt: z.int().min(1),
    worker: Worker,
    error: ErrorReport,
    /** True when another attempt follows, or home takes the work over. */
    recovered: z.boolean(),
  }),
  /** Somebody wants this task at home: from now on home computes what is left of it itself. */
  z.strictObject({ type: z.literal('task.cancelling'), task: TaskId, reason: z.string() }),
  z.strictObject({ type: z.literal('cell.started'), cell: z.int(), executionCount: z.int() }),
  /** A new home plays a cell again; what the cell showed before is void. */
  z.strictObject({ type: z.literal('cell.replayed'), cell: z.int() }),
  z.strictObject({ type: z.literal('cell.output'), cell: z.int(), output: OutputMeta.omit({ cell: true }) }),
  z.strictObject({
    type: z.literal('cell.finished'),
    cell: z.int(),
    state: z.enum(['ok', 'error']),
    durationMs: z.number(),
  }),
  z.strictObject({
    type: z.literal('map.opened'),
    task: TaskId,
    occurrence: z.int(),
    count: z.int(),
    shards: z.int(),
    way: z.enum(['fork', 'ship']),
    /** Shards whose committed results are reused. */
    reused: z.int(),
  }),
  z.strictObject({
    type: z.literal('map.closed'),
    task: TaskId,
    occurrence: z.int(),
    homeFrom: z.int().nullable(),
    reason: z.string(),
  }),
  z.strictObject({
    type: z.literal('run.note'),
    level: z.enum(['info', 'warning', 'error']),
    code: z.string(),
    text: z.string(),
    cell: z.int().nullable(),
  }),
  z.strictObject({ type: z.literal('run.cancelling'), reason: z.string() }),
  /** Structural digests of the final variables, on request. */
  z.strictObject({
    type: z.literal('run.variables'),
    variables: z.record(z.string(), z.strictObject({ type: z.string(), digest: z.string().nullable() })),
  }),
  z.strictObject({
    type: z.literal('run.finished'),
    state: RunState.exclude(['running']),
    error: ErrorReport.nullable(),
  }),
]);
export type RunEventBody = z.infer<typeof RunEventBody>;

/** `seq` counts from 1 without gaps within a run; `time` is milliseconds since 1970. */
export interface RunEventStamp {
  readonly seq: number;
  readonly time: number;
  readonly run: RunId;
}
export type RunEvent = RunEventStamp & RunEventBody;
export type RunEventOf<T extends RunEventBody['type']> = Extract<RunEvent, { type: T }>;
