// Where samples of GPUs come from: nvidia-smi, or a script that a test wrote. Both say in words why there is nothing to tell.
import type { Device, GpuSample } from '@cellfarm/protocol';
import { NvidiaSmi } from './nvidia-smi.js';
import { ScriptedGpus } from './scripted-gpus.js';

export interface GpuList {
  readonly devices: readonly Device[];
  /** Why there is none; empty when there is one. */
  readonly reason: string;
}

export interface GpuReading {
  readonly gpus: readonly GpuSample[];
  /** Why there is none now; empty when there is one. */
  readonly problem: string;
}

export interface GpuSource {
  /** What is there. Never rejects. */
  list(): Promise<GpuList>;
  /** Begins to read, until `stop`. */
  start(): void;
  /** What was read last. */
  latest(): GpuReading;
  /** Ends reading and whatever does it. May be started again. */
  stop(): void;
}

/** `CELLFARM_GPU_SCRIPT` names a file that stands in for the GPUs of this machine. */
export function chooseGpuSource(environment: NodeJS.ProcessEnv): GpuSource {
  const script = environment['CELLFARM_GPU_SCRIPT'];
  return script === undefined ? new NvidiaSmi('nvidia-smi', environment) : new ScriptedGpus(script);
}
