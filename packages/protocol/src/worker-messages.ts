// The JSON meta of every frame. Python gets the same shapes from the generated JSON Schemas.
import { z } from 'zod';
import { TaskId } from './ids.js';
import { LoopSite } from './task-graph.js';

/** An object on the shared folder, named by digest, or by a temporary id (`t-…`) until its `sealed` frame. */
export const ObjectRef = z.strictObject({
  id: z.string().regex(/^(t-[0-9a-f]{32}|[0-9a-f]{64})$/),
  size: z.int().min(0),
});
export type ObjectRef = z.infer<typeof ObjectRef>;

/** An absolute path, and `<bytes>-<nanoseconds since 1970>` of the last change when it was opened, or `absent`. */
export const FileRead = z.tuple([z.string(), z.string()]);
export type FileRead = z.infer<typeof FileRead>;

const CellIndex = z.int().min(0);

// ---- service to process

/** Play one cell at home. */
export const PlayMeta = z.strictObject({
  task: TaskId,
  cell: CellIndex,
  /** The notebook's cell id; file name of the compiled code comes from the kernel's own rule. */
  cellId: z.string(),
  code: z.string(),
  /** Execution count the cell has in Restart & Run All. */
  executionCount: z.int().min(1),
  loops: z.array(LoopSite.extend({ shippable: z.boolean() })),
  /** Whether shards may be forked from home. */
  fork: z.boolean(),
  /** Slots the run has for shards. 0: loops stay at home. */
  workers: z.int().min(0),
  /** Whether home tries a long loop for a moment before it hands it out. */
  probe: z.boolean(),
});
export type PlayMeta = z.infer<typeof PlayMeta>;

/** Collect the inputs of a cell that leaves. Home answers with `shipped` and the pickle of {name: value}. */
export const ShipMeta = z.strictObject({
  task: TaskId,
  cell: CellIndex,
  names: z.array(z.string()),
  /** The cell trains: it takes the random generators along. */
  training: z.boolean(),
});
/** Bind what an away cell brought back; payload or object: the pickle of {name: value}. Home answers with `bound`. */
export const BindMeta = z.strictObject({
  task: TaskId,
  cell: CellIndex,
  names: z.array(z.string()),
  object: ObjectRef.nullable(),
});
/** Fork a shard that joins the door with this nonce; only while a map is open. Home answers with `forked`. */
export const ForkMeta = z.strictObject({ slot: z.int().min(0), nonce: z.string() });
/** Answer to `over`. Shard i has task number `first + i` and computes elements [start, stop). */
export const MapPlanMeta = z.strictObject({
  task: TaskId,
  occurrence: z.int().min(0),
  first: z.int().min(1),
  shards: z.array(z.tuple([z.int().min(0), z.int().min(0)])),
  /** Shards whose results are committed already and follow as `value`; home sends no items for them. */
  reused: z.array(z.int().min(0)),
});
export type MapPlanMeta = z.infer<typeof MapPlanMeta>;
/**
 * Shards to compute, with task numbers in a row from the header's. Forked: [start, stop) of the open map for each. Shipped: one shard,
 * payload or object is its pickled items.
 */
export const TaskMeta = z.strictObject({
  ranges: z.array(z.tuple([z.int(), z.int()])).nullable(),
  object: ObjectRef.nullable(),
});
/** A cell to run away from home; payload or object: the pickled inputs. Answered with `output`s and one `result`. */
export const RunCellMeta = z.strictObject({
  task: TaskId,
  cell: CellIndex,
  cellId: z.string(),
  code: z.string(),
  executionCount: z.int().min(1),
  outputs: z.array(z.string()),
  object: ObjectRef.nullable(),
  /** Of a cell that trains: how many ranks play it, as one gang. Null: one process, which is the worker itself. */
  ranks: z.int().min(1).nullable(),
});

// ---- process to service

export const HelloMeta = z.strictObject({
  protocol: z.int(),
  nonce: z.string(),
  part: z.enum(['home', 'worker', 'shard']),
  pid: z.int(),
  host: z.string(),
  python: z.string(),
});
export type HelloMeta = z.infer<typeof HelloMeta>;

/** One message of Jupyter's iopub channel: stream, display_data, execute_result, error, clear_output, update_display_data. */
export const OutputMeta = z.strictObject({
  cell: CellIndex,
  type: z.enum(['stream', 'display_data', 'execute_result', 'error', 'clear_output', 'update_display_data']),
  content: z.record(z.string(), z.unknown()),
});
export type OutputMeta = z.infer<typeof OutputMeta>;

/** Failure of a cell as Jupyter tells it, with the line in the cell where it passed through. */
export const CellError = z.strictObject({
  ename: z.string(),
  evalue: z.string(),
  traceback: z.array(z.string()),
  line: z.int().min(1).nullable(),
});
export type CellError = z.infer<typeof CellError>;

export const PlayedMeta = z.strictObject({
  task: TaskId,
  cell: CellIndex,
  error: CellError.nullable(),
  /** True after `exit()` or `quit()`: no later cell is played. */
  exit: z.boolean(),
});
export type PlayedMeta = z.infer<typeof PlayedMeta>;

export const ShippedMeta = z.strictObject({
  task: TaskId,
  /** Why the inputs cannot leave; null when the payload (or object) holds them. */
  refused: z.string().nullable(),
  object: ObjectRef.nullable(),
});
export const BoundMeta = z.strictObject({ task: TaskId });

/** Home reached a loop and offers its elements. */
export const OverMeta = z.strictObject({
  task: TaskId,
  /** How many times this loop was reached before in this play. */
  occurrence: z.int().min(0),
  count: z.int().min(1),
  way: z.enum(['fork', 'ship']),
  /** Elements below this index are computed at home already. */
  start: z.int().min(0),
  /** Structural digest of function, elements and everything it reads; null when it cannot be told. Equal digests may reuse results. */
  inputs: z.string().nullable(),
});
export type OverMeta = z.infer<typeof OverMeta>;

/** Items of one shipped shard (header: task number, code digest). */
export const ItemsMeta = z.strictObject({ object: ObjectRef.nullable() });
export const ForkedMeta = z.strictObject({
  slot: z.int().min(0),
  pid: z.int().nullable(),
  refused: z.string().nullable(),
});

/**
 * Outcome of an away cell, or of shards with task numbers in a row from the header's that ended alike (header: status, epoch, attempt);
 * payload or object: the pickled values of all of them.
 */
export const ResultMeta = z.strictObject({
  /** Of each shard, in order. */
  durationsMs: z.array(z.number().min(0)).min(1),
  object: ObjectRef.nullable(),
  /** Why it was rejected, or the error's type and text; empty when ok. */
  reason: z.string(),
  /** Files and folders that were read, with what their size and time were then; null: too many to tell. */
  files: z.array(FileRead).nullable().default([]),
});
export type ResultMeta = z.infer<typeof ResultMeta>;

export const MapClosedMeta = z.strictObject({
  task: TaskId,
  occurrence: z.int().min(0),
  /** First element that home computed itself after the map was open; null when all came from shards. */
  homeFrom: z.int().min(0).nullable(),
  reason: z.string(),
});
/** A temporary object got its digest: the file is hashed, on disk and renamed. */
export const SealedMeta = z.strictObject({ id: z.string(), digest: z.string(), size: z.int().min(0) });
/** Structural digests of the final variables. */
export const InspectedMeta = z.strictObject({
  variables: z.record(z.string(), z.strictObject({ type: z.string(), digest: z.string().nullable() })),
});
export const NoteMeta = z.strictObject({
  level: z.enum(['info', 'warning', 'error']),
  /** Stable kebab-case word. */
  code: z.string(),
  text: z.string(),
  cell: CellIndex.nullable(),
});
