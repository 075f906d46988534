// The devices of this machine: its processors as one, and each GPU that its source lists.
import { availableParallelism, cpus, hostname, totalmem } from 'node:os';
import type { Device } from '@cellfarm/protocol';
import { type GpuList, type GpuSource, chooseGpuSource } from './gpu-source.js';

/** Words in a processor's name, in lower case, that tell who made it. */
const VENDORS = ['intel', 'amd', 'apple', 'arm', 'ampere'] as const;

function processorDevice(): Device {
  const host = hostname();
  const name = cpus()[0]?.model.trim() ?? '';
  const vendor = VENDORS.find((word) => name.toLowerCase().includes(word)) ?? 'unknown';
  return {
    kind: 'cpu',
    vendor,
    name: name === '' ? 'processor' : name.slice(0, 200),
    uuid: `cpu-${host}`.slice(0, 200),
    memoryBytes: totalmem(),
    parent: host,
    cores: availableParallelism(),
  };
}

/** Never rejects: why there is no GPU is in the answer. */
export async function listDevices(source: GpuSource): Promise<GpuList> {
  const { devices, reason } = await source.list();
  return { devices: [processorDevice(), ...devices], reason };
}

/** The same for this machine, by its environment. */
export function listThisMachine(environment: NodeJS.ProcessEnv): Promise<GpuList> {
  return listDevices(chooseGpuSource(environment));
}
