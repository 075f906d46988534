// The compiler's result: facts per cell, tasks, edges with reasons, loops and diagnostics. Printed by `cellfarm compile --format json`.
import { z } from 'zod';
import { Diagnostic } from './diagnostics.js';
import { CellId, Digest, TaskId } from './ids.js';
import { Resources } from './resources.js';
import { Role, TargetName } from './tags.js';

export const GRAPH_SCHEMA = 1;

export const Confidence = z.enum(['proved', 'guarded', 'asserted', 'sequential']);
export type Confidence = z.infer<typeof Confidence>;

export const Skeleton = z.enum([
  'single',
  'map',
  'map-reduce',
  'pipeline',
  'data-parallel',
  'iterate',
  'opaque',
]);
export type Skeleton = z.infer<typeof Skeleton>;

/** Why something was decided, and the place in the notebook that decided it. `code` is a stable kebab-case word. */
export const Reason = z.strictObject({
  code: z.string().regex(/^[a-z][a-z0-9-]*$/),
  cell: z.int().min(0).nullable(),
  line: z.int().min(1).nullable(),
  text: z.string(),
});
export type Reason = z.infer<typeof Reason>;

/** What a cell may do outside the namespace. `unknown` stands for all of them. */
export const Effect = z.enum(['io', 'rng', 'process', 'display', 'stdin', 'unknown']);
export type Effect = z.infer<typeof Effect>;

/** Cell facts: what analysis knows of one code cell. Names are sorted. */
export const CellFacts = z.strictObject({
  index: z.int().min(0),
  id: CellId,
  status: z.enum(['ok', 'opaque', 'skipped']),
  reads: z.array(z.string()),
  writes: z.array(z.string()),
  mutates: z.array(z.string()),
  imports: z.array(z.string()),
  effects: z.array(Effect),
  /** True when everything before must be done first and nothing after may start: what the cell does is not understood. */
  barrier: z.boolean(),
});
export type CellFacts = z.infer<typeof CellFacts>;

/** Half-open range in a cell's source: lines from 1, columns from 0 in UTF-8 bytes (CPython's own positions). */
export const SourceSpan = z.strictObject({
  line: z.int().min(1),
  column: z.int().min(0),
  endLine: z.int().min(1),
  endColumn: z.int().min(0),
});
export type SourceSpan = z.infer<typeof SourceSpan>;

/** How the loop is written: `[f(x) for x in xs]`, `list(map(f, xs))`, or `for x in xs: out.append(f(x))`. */
export const LoopForm = z.enum(['comprehension', 'map-call', 'append-loop']);
export type LoopForm = z.infer<typeof LoopForm>;

/** A loop at the top level of a cell that home may hand out, element by element. Home finds it by `span` in CPython's own AST. */
export const LoopSite = z.strictObject({
  task: TaskId,
  form: LoopForm,
  /** The comprehension, the outer call or the `for` statement. */
  span: SourceSpan,
  /** The expression computed for each element: the call `f(x)`; for `map-call` the argument `f`. */
  element: SourceSpan,
  /** Global names that the element's code may read, transitively, the loop's own targets left out. */
  reads: z.array(z.string()),
  /** Names that the rest of the loop's body changes (`out`): none of them may be reachable from `reads`. */
  accumulators: z.array(z.string()),
});
export type LoopSite = z.infer<typeof LoopSite>;

export const Task = z.strictObject({
  id: TaskId,
  /** Indices of the cells it runs (one in this version). */
  cells: z.array(z.int().min(0)),
  skeleton: Skeleton,
  place: z.enum(['home', 'away']),
  role: Role,
  target: TargetName,
  resources: Resources,
  /** For a map: the source text of what it maps over; else null. */
  over: z.string().nullable(),
});
export type Task = z.infer<typeof Task>;

export const EdgeKind = z.enum(['data', 'region', 'order', 'io', 'rng', 'control']);
export type EdgeKind = z.infer<typeof EdgeKind>;

/** `to` needs `from` first. `names` are the variable versions carried, such as `x@3`. */
export const Edge = z.strictObject({
  from: TaskId,
  to: TaskId,
  kind: EdgeKind,
  names: z.array(z.string()),
  confidence: Confidence,
  reasons: z.array(Reason),
});
export type Edge = z.infer<typeof Edge>;

/** What was decided about one loop of the notebook, accepted or not. */
export const LoopVerdict = z.strictObject({
  cell: z.int().min(0),
  line: z.int().min(1),
  skeleton: Skeleton,
  verdict: z.enum(['parallel', 'sequential']),
  confidence: Confidence,
  reason: z.strictObject({ code: z.string(), text: z.string() }),
  /** What the user could do to have it run in parallel, in one sentence; null when there is nothing to do. */
  fix: z.string().nullable(),
});
export type LoopVerdict = z.infer<typeof LoopVerdict>;

/** The part of a compile result that other tools rely on. */
export const TaskGraph = z.strictObject({
  schema: z.literal(GRAPH_SCHEMA),
  notebook: z.strictObject({ path: z.string(), digest: Digest }),
  cells: z.array(CellFacts),
  tasks: z.array(Task),
  edges: z.array(Edge),
  loops: z.array(LoopVerdict),
  diagnostics: z.array(Diagnostic),
});
export type TaskGraph = z.infer<typeof TaskGraph>;

/** What home needs to play or ship one cell; derived from the same analysis, not part of the printed graph. */
export const CellPlan = z.strictObject({
  cell: z.int().min(0),
  task: TaskId,
  loops: z.array(LoopSite),
  /** For a cell that leaves: names sent with it and names that come back. Null for a cell at home. */
  ship: z.strictObject({ inputs: z.array(z.string()), outputs: z.array(z.string()) }).nullable(),
  /** The cell trains a model: where it leaves, a gang of ranks plays it. */
  trains: z.boolean(),
});
export type CellPlan = z.infer<typeof CellPlan>;

export interface Compiled {
  readonly graph: TaskGraph;
  readonly plans: readonly CellPlan[];
}
