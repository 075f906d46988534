// GPUs as a file says, for tests and demonstrations on machines without one: `{ devices, reason, samples }`, where `samples` is a
// list of moments, each a list of GPU samples, told one after the other, the last one again and again.
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { Device, GpuSample } from '@cellfarm/protocol';
import type { GpuList, GpuReading, GpuSource } from './gpu-source.js';

interface Script {
  readonly devices: readonly Device[];
  readonly reason: string;
  readonly moments: readonly (readonly GpuSample[])[];
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Throws when the file is not there or does not hold a script. Devices are said to be in this host. */
function readScript(path: string): Script {
  const content = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const devices = listIn(content['devices']).map((device) => Device.parse(device));
  const reason = content['reason'];
  return {
    devices: devices.map((device) => ({ ...device, parent: hostname() })),
    reason: typeof reason === 'string' ? reason : '',
    moments: listIn(content['samples']).map((moment) => listIn(moment).map((gpu) => GpuSample.parse(gpu))),
  };
}

export class ScriptedGpus implements GpuSource {
  private readonly script: Script;
  private at = 0;

  constructor(path: string) {
    this.script = readScript(path);
  }

  list(): Promise<GpuList> {
    const { devices, reason } = this.script;
    return Promise.resolve({ devices, reason });
  }

  start(): void {
    this.at = 0;
  }

  latest(): GpuReading {
    const { moments, reason } = this.script;
    const gpus = moments[Math.min(this.at, moments.length - 1)] ?? [];
    this.at += 1;
    return { gpus, problem: reason };
  }

  stop(): void {
    this.at = 0;
  }
}
