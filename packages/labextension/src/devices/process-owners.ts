// Whose each process of a sample is: a worker's own, or started by one. A shard is forked by home and is its own worker all the
// same: the nearest worker above a process owns it. Pure.
import type { MachineSample, RunView } from '@cellfarm/protocol';

/** Worker by process id, on one host. */
export type WorkerPids = ReadonlyMap<number, string>;

export interface ProcessUse {
  /** Processor time per time: 1 is one core in full. */
  readonly cpus: number;
  readonly memoryBytes: number;
  /** UUIDs of the GPUs that are reserved for it. */
  readonly gpus: readonly string[];
}

export function workerPids(view: RunView, host: string): WorkerPids {
  const pids = new Map<number, string>();
  for (const [key, process] of view.processes) {
    if (process.host === host) pids.set(process.pid, key.slice(0, key.lastIndexOf('@')));
  }
  return pids;
}

/** What each worker did in the second of a sample; workers without a process in it are left out. */
export function useByWorker(sample: MachineSample, workers: WorkerPids): ReadonlyMap<string, ProcessUse> {
  const parents = new Map(sample.processes.map(({ pid, parent }) => [pid, parent]));
  const used = new Map<string, ProcessUse>();
  for (const { pid, cpus, memoryBytes, gpus } of sample.processes) {
    const owner = ownerOf(pid, parents, workers);
    if (owner === null) continue;
    const before = used.get(owner) ?? { cpus: 0, memoryBytes: 0, gpus: [] };
    used.set(owner, {
      cpus: before.cpus + cpus,
      memoryBytes: before.memoryBytes + memoryBytes,
      gpus: [...new Set([...before.gpus, ...gpus])],
    });
  }
  return used;
}

function ownerOf(pid: number, parents: ReadonlyMap<number, number>, workers: WorkerPids): string | null {
  const seen = new Set<number>();
  for (let at: number | undefined = pid; at !== undefined && !seen.has(at); at = parents.get(at)) {
    const worker = workers.get(at);
    if (worker !== undefined) return worker;
    seen.add(at);
  }
  return null;
}
