// Processors and GPUs: what a machine has, and what it did in one second. Samples live in memory only and are never journaled;
// which task a process had at that time is in the run's events, joined by process id.
import { z } from 'zod';

/** Whole bytes. */
const Bytes = z.int().min(0);
/** 0: idle, 1: at work all the time. */
const Share = z.number().min(0).max(1);

const CommonDevice = {
  /** Such as `nvidia`; `unknown` where the system does not tell. */
  vendor: z.string().max(200),
  name: z.string().max(200),
  /** Unique among all machines: the driver's UUID of a GPU, `cpu-<host>` for the processors of a machine. */
  uuid: z.string().min(1).max(200),
  memoryBytes: Bytes,
  /** Host that it is in. */
  parent: z.string(),
};

/** What a task can be given to compute on: all processors of a host as one device, each GPU as its own. */
export const Device = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cpu'), ...CommonDevice, cores: z.int().min(1) }),
  z.strictObject({ kind: z.literal('gpu'), ...CommonDevice, index: z.int().min(0) }),
]);
export type Device = z.infer<typeof Device>;

/** One GPU in one second; null is what its driver does not tell. */
export const GpuSample = z.strictObject({
  uuid: z.string().min(1).max(200),
  /** Share of the time in which at least one kernel ran. */
  use: Share.nullable(),
  memoryUsedBytes: Bytes.nullable(),
  memoryTotalBytes: Bytes.nullable(),
  powerWatts: z.number().min(0).nullable(),
  temperatureCelsius: z.number().nullable(),
});
export type GpuSample = z.infer<typeof GpuSample>;

/** One process that an agent started, or that such a process started. */
export const ProcessSample = z.strictObject({
  pid: z.int(),
  parent: z.int(),
  /** Processor time per time: 1 is one core in full. */
  cpus: z.number().min(0),
  /** Resident memory. */
  memoryBytes: Bytes,
  /** UUIDs of the GPUs that were reserved for it. */
  gpus: z.array(z.string().max(200)).max(64),
});
export type ProcessSample = z.infer<typeof ProcessSample>;

/** What one machine did in the second before `time`. */
export const MachineSample = z.strictObject({
  /** Milliseconds since 1970. */
  time: z.int(),
  cpu: z.strictObject({ all: Share, cores: z.array(Share).max(4096) }),
  memory: z.strictObject({ usedBytes: Bytes, totalBytes: Bytes }),
  gpus: z.array(GpuSample).max(64),
  /** Why nothing is known of GPUs, in words; empty when they are sampled. */
  gpuProblem: z.string().max(500),
  processes: z.array(ProcessSample).max(512),
});
export type MachineSample = z.infer<typeof MachineSample>;

/** What an agent sends. */
export const SamplePost = z.strictObject({
  /** The agent's clock now, milliseconds since 1970. */
  now: z.int(),
  /** Answer only when it is time to sample, or after a while. */
  wait: z.boolean(),
  /** In the order of their times. */
  samples: z.array(MachineSample).max(60),
});
export type SamplePost = z.infer<typeof SamplePost>;

export const SampleReceipt = z.strictObject({
  /** Whether anybody looked at this agent lately; only then is it worth sampling. */
  watched: z.boolean(),
  /** Time of the newest sample that has arrived, by the agent's clock; 0: none. */
  after: z.int(),
});
export type SampleReceipt = z.infer<typeof SampleReceipt>;

/** Samples of one agent, their times by the service's clock. */
export const SamplesAnswer = z.strictObject({
  /** The service's clock, milliseconds since 1970. */
  now: z.int(),
  samples: z.array(MachineSample),
});
export type SamplesAnswer = z.infer<typeof SamplesAnswer>;
