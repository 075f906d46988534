// A machine of a run as rows on the run's time axis: its processors, its GPUs, its workers, each with the tasks that it had and what
// it did. Pure; times in milliseconds since the run began.
import type { Device, MachineSample, RunView } from '@cellfarm/protocol';
import type { Bar } from '../timeline/bars.js';
import type { HostLanes } from '../timeline/device-lanes.js';
import { type ProcessUse, useByWorker, workerPids } from './process-owners.js';

/** One second of a device or a worker; null is what is not known. */
export interface Moment {
  readonly at: number;
  /** Share of the whole device; of a worker, cores. */
  readonly use: number | null;
  readonly memoryBytes: number | null;
  readonly powerWatts: number | null;
  readonly temperatureCelsius: number | null;
}

interface CommonRow {
  readonly key: string;
  readonly bars: readonly Bar[];
  readonly moments: readonly Moment[];
  /** Memory of the device, or of the machine that a worker is on; 0: not known. */
  readonly memoryBytes: number;
}

export type DeviceRow =
  | (CommonRow & { readonly kind: 'cpu'; readonly cores: number })
  | (CommonRow & { readonly kind: 'gpu'; readonly index: number; readonly name: string })
  | (CommonRow & {
      readonly kind: 'worker';
      readonly worker: string;
      readonly part: 'home' | 'worker' | 'shard';
    });

export interface MachineRows {
  readonly cpu: DeviceRow;
  readonly gpus: readonly DeviceRow[];
  readonly workers: readonly DeviceRow[];
  /** Why nothing is known of GPUs now; empty when they are sampled, or nothing is. */
  readonly gpuProblem: string;
}

type Gpu = Extract<Device, { kind: 'gpu' }>;

interface Second {
  readonly at: number;
  readonly sample: MachineSample;
  readonly workers: ReadonlyMap<string, ProcessUse>;
}

/** @param samples of the host's agent; those outside of the run are left out */
export function machineRows(
  lanes: HostLanes,
  view: RunView,
  samples: readonly MachineSample[],
  now: number,
): MachineRows {
  const pids = workerPids(view, lanes.host);
  const seconds = samples
    .filter(({ time }) => time >= view.startedAt && time <= now)
    .map((sample): Second => ({
      at: sample.time - view.startedAt,
      sample,
      workers: useByWorker(sample, pids),
    }));
  const memoryBytes = seconds.at(-1)?.sample.memory.totalBytes ?? lanes.agent?.memoryBytes ?? 0;
  const gpus = (lanes.agent?.devices ?? []).filter((device): device is Gpu => device.kind === 'gpu');
  return {
    cpu: {
      key: 'cpu',
      kind: 'cpu',
      cores: lanes.agent?.cpus ?? seconds.at(-1)?.sample.cpu.cores.length ?? 0,
      bars: [],
      moments: seconds.map(({ at, sample: { cpu, memory } }) => ({
        ...nothingAt(at),
        use: cpu.all,
        memoryBytes: memory.usedBytes,
      })),
      memoryBytes,
    },
    gpus: gpus.map((gpu) => gpuRow(gpu, seconds, lanes)),
    workers: lanes.workers.map(({ worker, part, bars }) => ({
      key: worker,
      kind: 'worker',
      worker,
      part,
      bars,
      moments: seconds.flatMap(({ at, workers }): Moment[] => {
        const use = workers.get(worker);
        return use ? [{ ...nothingAt(at), use: use.cpus, memoryBytes: use.memoryBytes }] : [];
      }),
      memoryBytes,
    })),
    gpuProblem: seconds.at(-1)?.sample.gpuProblem ?? '',
  };
}

/** A GPU shows the tasks of those workers for whom it was reserved. */
function gpuRow(gpu: Gpu, seconds: readonly Second[], lanes: HostLanes): DeviceRow {
  const holders = new Set(
    seconds.flatMap(({ workers }) =>
      [...workers].flatMap(([worker, { gpus }]) => (gpus.includes(gpu.uuid) ? [worker] : [])),
    ),
  );
  return {
    key: gpu.uuid,
    kind: 'gpu',
    index: gpu.index,
    name: gpu.name,
    bars: lanes.workers.flatMap(({ worker, bars }) => (holders.has(worker) ? bars : [])),
    moments: seconds.flatMap(({ at, sample }): Moment[] => {
      const seen = sample.gpus.find(({ uuid }) => uuid === gpu.uuid);
      if (!seen) return [];
      const { use, memoryUsedBytes, powerWatts, temperatureCelsius } = seen;
      return [{ at, use, memoryBytes: memoryUsedBytes, powerWatts, temperatureCelsius }];
    }),
    memoryBytes: gpu.memoryBytes,
  };
}

function nothingAt(at: number): Moment {
  return { at, use: null, memoryBytes: null, powerWatts: null, temperatureCelsius: null };
}

/** A second that is shown for a time is at most this far from it. */
const NEAR_MS = 2_500;

/** The moment at a time, or the last one; null when nothing was sampled there. */
export function momentAt({ moments }: DeviceRow, at: number | null): Moment | null {
  if (at === null) return moments.at(-1) ?? null;
  let best: Moment | null = null;
  for (const moment of moments) {
    const far = Math.abs(moment.at - at);
    if (far <= NEAR_MS && (best === null || far < Math.abs(best.at - at))) best = moment;
  }
  return best;
}

/** Use that fills a row's height: a worker that computes on several cores is drawn lower. */
export function fullUse({ kind, moments }: DeviceRow): number {
  if (kind !== 'worker') return 1;
  return Math.max(1, Math.ceil(moments.reduce((most, { use }) => Math.max(most, use ?? 0), 0) - 0.05));
}
