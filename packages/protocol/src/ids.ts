// Branded identifiers: a run id can never be passed where a task id is meant.
import { z } from 'zod';

/** sha256 of some bytes, 64 lower-case hexadecimal digits. */
export const Digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<'Digest'>();
export type Digest = z.infer<typeof Digest>;

/** One press of Distribute: `r-` and 16 hexadecimal digits. */
export const RunId = z
  .string()
  .regex(/^r-[0-9a-f]{16}$/)
  .brand<'RunId'>();
export type RunId = z.infer<typeof RunId>;

/** One node of the task graph, unique within its run: `c3` (a cell), `c3.m0` (a map in it), `c3.m0.1/12` (a shard). */
export const TaskId = z.string().min(1).max(120).brand<'TaskId'>();
export type TaskId = z.infer<typeof TaskId>;

/** A cell's id as in the notebook (nbformat 4.5), or `cell-<index>` where the file has none. */
export const CellId = z.string().min(1).max(64).brand<'CellId'>();
export type CellId = z.infer<typeof CellId>;

/** One permission to run tasks of one run in one slot: `l-` and 16 hexadecimal digits. */
export const LeaseId = z
  .string()
  .regex(/^l-[0-9a-f]{16}$/)
  .brand<'LeaseId'>();
export type LeaseId = z.infer<typeof LeaseId>;

/** One agent process: `<host>-<pid>-<random>`. */
export const AgentId = z.string().min(1).max(120).brand<'AgentId'>();
export type AgentId = z.infer<typeof AgentId>;

/** A place where one process of a run takes tasks: `home`, `w0`, `w1` … within its run. */
export const SlotId = z
  .string()
  .regex(/^(home|w\d{1,5})$/)
  .brand<'SlotId'>();
export type SlotId = z.infer<typeof SlotId>;

/** Milliseconds since 1970-01-01 UTC. */
export type Millis = number;
