import { expect, test } from 'vitest';
import type { AgentInfo, MachineSample, ProcessSample, RunEventBody } from '@cellfarm/protocol';
import { fullUse, machineRows, momentAt } from '../../src/devices/device-rows.js';
import { useByWorker, workerPids } from '../../src/devices/process-owners.js';
import {
  laneWords,
  memoryWords,
  noGpuWords,
  nothingSampled,
  useWords,
} from '../../src/devices/device-words.js';
import { Attempts } from '../../src/run/attempts.js';
import { hostLanes } from '../../src/timeline/device-lanes.js';
import { events, started, task, viewOf } from '../runs.js';
import { words } from '../words.js';

const process = (worker: string, part: 'home' | 'shard', pid: number): RunEventBody => ({
  type: 'process.started',
  worker,
  part,
  pid,
  host: 'box',
  agent: 'box-1-a',
  epoch: 1,
});
const stream = events([
  started,
  process('home', 'home', 10),
  process('w0', 'shard', 11),
  task('c2.m0.0/6', 'w0'),
]);
const view = viewOf(stream);
const attempts = new Attempts();
for (const event of stream) attempts.apply(event);
const now = view.startedAt + 10_000;

const used = (pid: number, parent: number, cpus: number, gpus: string[] = []): ProcessSample => ({
  pid,
  parent,
  cpus,
  memoryBytes: 1e9,
  gpus,
});
const sample = (at: number, processes: ProcessSample[], use: number | null = 0.97): MachineSample => ({
  time: view.startedAt + at,
  cpu: { all: 0.5, cores: [1, 0] },
  memory: { usedBytes: 9.2e9, totalBytes: 15.6e9 },
  gpus: [
    {
      uuid: 'GPU-1',
      use,
      memoryUsedBytes: 30.4e9,
      memoryTotalBytes: 40e9,
      powerWatts: 281.4,
      temperatureCelsius: null,
    },
  ],
  gpuProblem: '',
  processes,
});
const gpu = {
  kind: 'gpu',
  vendor: 'nvidia',
  name: 'NVIDIA A100',
  uuid: 'GPU-1',
  memoryBytes: 40e9,
  parent: 'box',
  index: 0,
} as const;
const agent = (changes: Partial<AgentInfo>): AgentInfo =>
  ({
    agent: 'box-1-a',
    host: 'box',
    pid: 1,
    targets: [],
    cpus: 2,
    memoryBytes: 15.6e9,
    gpus: 0,
    devices: [],
    gpuReason: '',
    version: '0.1.0',
    ...changes,
  }) as AgentInfo;
const lanesOf = (info: AgentInfo[]) => {
  const [lanes] = hostLanes(attempts, info, view.startedAt, now);
  if (!lanes) throw new Error('there is no machine');
  return lanes;
};

test('a process belongs to the nearest worker above it, and a stranger to nobody', () => {
  const seconds = sample(0, [used(10, 1, 0.1), used(11, 10, 0.5), used(12, 11, 0.25), used(99, 1, 1)]);
  const byWorker = useByWorker(seconds, workerPids(view, 'box'));
  expect([...byWorker].map(([worker, { cpus }]) => [worker, cpus])).toEqual([
    ['home', 0.1],
    ['w0', 0.75],
  ]);
  expect(workerPids(view, 'elsewhere').size).toBe(0);
});

test('a machine has rows for its processors, its GPUs and its workers, only while the run lasted', () => {
  const lanes = lanesOf([agent({ devices: [gpu] })]);
  const samples = [sample(-5_000, []), sample(1_000, [used(10, 1, 2)]), sample(2_000, [used(11, 10, 0.5)])];
  const rows = machineRows(lanes, view, samples, now);
  expect(rows.cpu.moments.map(({ at, use }) => [at, use])).toEqual([
    [1_000, 0.5],
    [2_000, 0.5],
  ]);
  expect(rows.gpus[0]?.moments[1]).toMatchObject({ use: 0.97, powerWatts: 281.4 });
  expect(rows.workers.map(({ moments }) => moments.map(({ use }) => use))).toEqual([[2], [0.5]]);
});

test('a GPU shows the tasks of the worker that it was reserved for', () => {
  const lanes = lanesOf([agent({ devices: [gpu] })]);
  const free = machineRows(lanes, view, [sample(1_000, [used(11, 10, 1)])], now);
  expect(free.gpus[0]?.bars).toEqual([]);
  const held = machineRows(lanes, view, [sample(1_000, [used(11, 10, 1, ['GPU-1'])])], now);
  expect(held.gpus[0]?.bars).toMatchObject([{ label: '7', state: 'running' }]);
});

test('figures are of the last second, or of the second that is pointed at', () => {
  const lanes = lanesOf([agent({ devices: [gpu] })]);
  const [row] = machineRows(lanes, view, [sample(1_000, [], 0.2), sample(2_000, [])], now).gpus;
  if (!row) throw new Error('there is no GPU');
  expect(useWords(momentAt(row, null))).toBe('97 %, 281 W');
  expect(useWords(momentAt(row, 1_400))).toBe('20 %, 281 W');
  expect(useWords(momentAt(row, 60_000))).toBe('');
  expect(memoryWords(row, momentAt(row, null))).toBe('30.4 / 40.0 GB');
});

test('a worker that computes on three cores is drawn on a scale of three', () => {
  const rows = machineRows(lanesOf([agent({})]), view, [sample(1_000, [used(11, 10, 2.7)])], now);
  expect(rows.workers.map(fullUse)).toEqual([1, 3]);
  expect(fullUse(rows.cpu)).toBe(1);
});

test('a lane says in words what it shows', () => {
  const rows = machineRows(lanesOf([agent({})]), view, [sample(1_000, [used(11, 10, 0.9)])], now);
  const [, worker] = rows.workers;
  if (!worker) throw new Error('there is no worker');
  expect(laneWords(worker, momentAt(worker, null), words)).toBe('w0, 90 %, 1.0 GB, runs shard 7');
});

test('a machine without a GPU says so, and what would help', () => {
  expect(noGpuWords(lanesOf([agent({ devices: [gpu] })]), words)).toBeNull();
  expect(noGpuWords(lanesOf([]), words)).toBe('Its agent is not there, so its GPUs are not known.');
  const none = 'No GPU found on this machine. Cells that ask for one wait for a target that has one.';
  expect(noGpuWords(lanesOf([agent({ gpuReason: 'nvidia-smi lists no GPU' })]), words)).toBe(
    `${none} (nvidia-smi lists no GPU)`,
  );
  expect(noGpuWords(lanesOf([agent({ gpuReason: 'nvidia-smi not found' })]), words)).toBe(
    `${none} nvidia-smi is not installed here: if this machine has an NVIDIA GPU, install its driver.`,
  );
});

test('an empty lane says why it is empty', () => {
  const { cpu, gpus } = machineRows(lanesOf([agent({ devices: [gpu] })]), view, [], now);
  expect(nothingSampled(cpu, '', true, words)).toBe('Waiting for the first sample.');
  expect(nothingSampled(cpu, '', false, words)).toContain('kept for ten minutes');
  const [row] = gpus;
  expect(row && nothingSampled(row, 'nvidia-smi ended', true, words)).toBe('Not sampled: nvidia-smi ended');
});
