// The service's HTTP interface: `/v1`, JSON, bearer token on every route, over its Unix socket or TCP on request.
//   POST /v1/runs                   StartRun -> 202 RunAccepted (after the commit is on disk)
//   GET  /v1/runs                   RunSummary[]
//   GET  /v1/runs/:run              RunRecord
//   GET  /v1/runs/:run/events       ?after=seq -> RunEvent lines (NDJSON); &follow=1: as they happen, until the run is finished
//   GET  /v1/runs/:run/log          what services logged about the run, JSON lines
//   GET  /v1/runs/:run/graph        TaskGraph
//   GET  /v1/runs/:run/notebook     the executed notebook
//   POST /v1/runs/:run/cancel       {} -> 202
//   POST /v1/runs/:run/resume       ResumeRun -> 202 RunAccepted
//   POST /v1/runs/:run/retry        RetryRun -> 202 RunAccepted: a new run of the same notebook, which takes over what may be used again
//   POST /v1/runs/:run/delete       {} -> 202: the run is forgotten, with its results and files
//   POST /v1/runs/:run/tasks/:task/cancel   {} -> 202: what leaves comes home; where home plays the cell itself, the run is cancelled
//   POST /v1/runs/:run/tasks/:task/retry    {} -> 202: ends the attempt of a shard or cell that is away; another one follows
//   POST /v1/compile                CompileRequest -> TaskGraph
//   GET  /v1/objects/:digest        bytes, with ranges
//   GET  /v1/agents                 AgentInfo[]
//   GET  /v1/agents/:agent/samples  ?after=time -> SamplesAnswer: what its machine did in the last minutes; asking keeps it sampling
//   GET  /v1/health                 Health
//   GET  /v1/feed?run=&after=       WebSocket: RunEvent objects, one a message, from `after` on; &batch=1: an array a message
//   GET  /v1/streams/:lease         HTTP upgrade `cellfarm-stream`; header `x-cellfarm-ticket`: base64 of the SignedTicket JSON
//   POST /v1/leases/:lease/exit     ProcessExit, with the same header: how the process behind a stream ended
//   POST /v1/leases/:lease/samples  SamplePost -> SampleReceipt, with the same header: what the agent's machine did
// Errors are `ErrorReport` JSON with a fitting status.
import { z } from 'zod';
import { Device } from './devices.js';
import { RunState } from './run-events.js';
import { AgentId, RunId } from './ids.js';
import { TargetName } from './tags.js';

export const RunOptions = z.strictObject({
  /** Slots for work that leaves home. @default the number of CPU cores */
  workers: z.int().min(0).max(4096).optional(),
  target: TargetName.optional(),
  /** Interpreter for the notebook instead of its kernelspec's: an absolute path. */
  python: z.string().optional(),
  /** Longest time of the whole run, ms. */
  timeoutMs: z.int().min(1).optional(),
  /** Whether shards may be forked from home. @default true */
  fork: z.boolean().optional(),
  /** Most elements that one shard of a map holds; home then hands a loop out without trying it first. @default by size and workers */
  elementsPerShard: z.int().min(1).optional(),
  /** Whether the final variables are digested at the end. @default false */
  inspect: z.boolean().optional(),
  /** Who starts it, as they are called where they do: shown, never trusted. */
  startedBy: z.string().max(200).optional(),
  /** An ended run whose committed results are used again, where function, elements and everything read are the same. */
  retryOf: RunId.optional(),
});
export type RunOptions = z.infer<typeof RunOptions>;

export const StartRun = z.strictObject({
  /** Absolute path of the notebook: names the run and gives the working directory. */
  path: z.string(),
  /** The notebook file's text, frozen at this moment. */
  content: z.string(),
  options: RunOptions,
});
export type StartRun = z.infer<typeof StartRun>;

export const ResumeRun = z.strictObject({ content: z.string().optional() });
export const RetryRun = z.strictObject({
  /** Who asks for it. */
  startedBy: z.string().max(200).optional(),
});
export const RunAccepted = z.strictObject({ run: RunId, record: z.string() });
export type RunAccepted = z.infer<typeof RunAccepted>;

/** `interrupted`: not finished, and no living service works on it. */
export const RunSummary = z.strictObject({
  run: RunId,
  state: z.union([RunState, z.literal('interrupted')]),
  notebook: z.string(),
  startedAt: z.number(),
  finishedAt: z.number().nullable(),
  /** Null where nobody said. */
  startedBy: z.string().nullable(),
  /** The run that it is a retry of. */
  retryOf: RunId.nullable(),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const CompileRequest = z.strictObject({ path: z.string(), content: z.string() });
export const ProcessExit = z.strictObject({
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  /** Whether its memory limit ended it. */
  oomKilled: z.boolean().default(false),
  /** Last lines of what the process wrote to its original stderr. */
  stderr: z.string().max(16_384),
});
export type ProcessExit = z.infer<typeof ProcessExit>;

export const AgentInfo = z.strictObject({
  agent: AgentId,
  host: z.string(),
  pid: z.int(),
  targets: z.array(TargetName),
  cpus: z.int(),
  memoryBytes: z.int(),
  gpus: z.int(),
  /** Its processors as one device, and each GPU that was found. */
  devices: z.array(Device).max(1024).default([]),
  /** Why no GPU was found; empty when one was. */
  gpuReason: z.string().max(500).default(''),
  version: z.string(),
});
export type AgentInfo = z.infer<typeof AgentInfo>;

export const Health = z.strictObject({
  state: z.enum(['ok', 'degraded']),
  version: z.string(),
  protocol: z.int(),
  pid: z.int(),
  queue: z.strictObject({
    kind: z.enum(['bullmq', 'memory']),
    state: z.enum(['ok', 'down']),
    detail: z.string(),
  }),
  runs: z.int(),
});
export type Health = z.infer<typeof Health>;

/** How a client finds a running service: `<CELLFARM_HOME>/service.json`, mode 0600. */
export const ServiceAddress = z.strictObject({
  pid: z.int(),
  socket: z.string(),
  token: z.string(),
  version: z.string(),
  redis: z.string().nullable(),
});
export type ServiceAddress = z.infer<typeof ServiceAddress>;
