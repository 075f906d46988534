// The local backend: processes of this machine, each with all that it starts in a group of its own. Puts the parts together
// (command, environment, groups, memory, GPUs) into the contract; decides nothing about runs, leases or time-outs.
import { availableParallelism, totalmem } from 'node:os';
import { CellfarmError } from '@cellfarm/protocol';
import type { Backend, BackendReport, LaunchSpec, Launched, ProcessEnd, StopOptions } from '../backend.js';
import { startCommand } from './command.js';
import { readControlTrees } from './control-trees.js';
import { childEnvironment } from './environment.js';
import { type GpuList, GpuPool, findGpus } from './gpus.js';
import { LocalProcess } from './local-process.js';
import { type LocalOptions, settleLocalOptions } from './options.js';
import { sweepRemains } from './remains.js';
import { Survey } from './survey.js';

/** Smallest memory that a container or the machine itself leaves us, in bytes. */
function memoryOfMachine(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

interface Held {
  readonly process: LocalProcess;
  /** UUIDs; empty once they are given back. */
  readonly gpus: string[];
}

export function localBackend(given: LocalOptions = {}): Backend {
  const options = settleLocalOptions(given);
  const trees = options.controlGroups ? readControlTrees() : { unified: null, memory: null };
  const pool = new GpuPool();
  const processes = new WeakMap<Launched, Held>();
  const survey = new Survey(options.surveyMs);
  let gpus: Promise<GpuList> | null = null;

  const listGpus = (): Promise<GpuList> => findGpus(options.nvidiaSmi, options.environment);
  const own = (launched: Launched): Held => {
    const found = processes.get(launched);
    if (!found) throw new TypeError(`${launched.name} was not launched by this backend`);
    return found;
  };

  async function takeGpus(count: number): Promise<string[]> {
    if (count === 0) return [];
    gpus ??= listGpus();
    const { uuids, reason } = await gpus;
    const taken = pool.take(uuids, count);
    if (taken) return taken;
    const detail = reason === '' ? `${count} GPUs asked for, too few are free` : reason;
    throw new CellfarmError('C1105', { value: 'local', detail });
  }

  return {
    name: 'local',

    async probe(): Promise<BackendReport> {
      gpus = listGpus();
      const { uuids, reason } = await gpus;
      return {
        available: true,
        reason: '',
        cpus: availableParallelism(),
        memoryBytes: memoryOfMachine(),
        gpus: uuids.length,
        gpuReason: reason,
      };
    },

    async launch(spec: LaunchSpec): Promise<Launched> {
      const uuids = await takeGpus(spec.gpus);
      const cuda: Record<string, string> =
        uuids.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: uuids.join(','), CUDA_DEVICE_ORDER: 'PCI_BUS_ID' };
      const env = childEnvironment(options.environment, { ...cuda, ...spec.env });
      try {
        const child = await startCommand(spec.argv, spec.cwd, env);
        const launched = await LocalProcess.adopt(child, spec, trees, options.memoryPollMs);
        processes.set(launched, { process: launched, gpus: uuids });
        survey.add(launched);
        return launched;
      } catch (error) {
        pool.give(uuids);
        throw error;
      }
    },

    watch: (launched: Launched): Promise<ProcessEnd> => own(launched).process.ended,

    async stop(launched: Launched, { graceMs }: StopOptions): Promise<void> {
      const held = own(launched);
      await held.process.stop(graceMs);
      survey.remove(held.process);
      pool.give(held.gpus.splice(0));
    },

    collect: (launched: Launched): Promise<string> => own(launched).process.collect(),
    sweep: sweepRemains,
  };
}
