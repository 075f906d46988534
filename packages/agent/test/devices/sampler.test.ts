// Samples are made while somebody wants them, by one reading of the GPUs, and not otherwise.
import { MachineSample } from '@cellfarm/protocol';
import { afterEach, expect, it, vi } from 'vitest';
import type { GpuSource } from '../../src/devices/gpu-source.js';
import { Sampler } from '../../src/devices/sampler.js';
import { silentLog } from '../../src/log.js';

const going = new AbortController();
const steps: string[] = [];
const gpus: GpuSource = {
  list: () => Promise.resolve({ devices: [], reason: 'none' }),
  start: () => void steps.push('start'),
  latest: () => ({ gpus: [], problem: 'nvidia-smi not found' }),
  stop: () => void steps.push('stop'),
};
const sampler = new Sampler(gpus, () => new Set([process.pid]), silentLog());
const [first, second] = [{}, {}];
afterEach(() => {
  sampler.release(first);
  sampler.release(second);
});

it('two who want samples share them, and the last who leaves ends the sampling', async () => {
  sampler.want(first);
  sampler.want(second);
  await sampler.next(going.signal);
  sampler.release(first);
  await sampler.next(going.signal);
  sampler.release(second);
  expect(steps).toEqual(['start', 'stop']);
  const samples = sampler.after(0, 60);
  expect(samples.map((sample) => MachineSample.parse(sample))).toEqual(samples);
  expect(samples.length).toBeGreaterThanOrEqual(2);
  expect(samples[0]).toMatchObject({ gpus: [], gpuProblem: 'nvidia-smi not found' });
  expect(samples[0]?.processes.some(({ pid }) => pid === process.pid)).toBe(true);
  expect(sampler.after(samples.at(-1)?.time ?? 0, 60)).toEqual([]);
  expect(sampler.after(0, 1)).toEqual([samples[0]]);
});

it('a look that fails leaves a gap and no end', async () => {
  let looks = 0;
  const roots = (): ReadonlySet<number> => {
    looks += 1;
    if (looks === 2) throw new Error('the process table is away');
    return new Set();
  };
  const patient = new Sampler(gpus, roots, silentLog());
  patient.want(first);
  await patient.next(going.signal);
  patient.release(first);
  expect(looks).toBeGreaterThanOrEqual(4);
  expect(patient.after(0, 60)).toHaveLength(1);
});

it("samples go forward in time where the machine's clock is set back", async () => {
  const steady = new Sampler(gpus, () => new Set(), silentLog());
  steady.want(first);
  try {
    await steady.next(going.signal);
    vi.setSystemTime(Date.now() - 3_600_000);
    await steady.next(going.signal);
  } finally {
    vi.useRealTimers();
    steady.release(first);
  }
  const [before, after] = steady.after(0, 60).map(({ time }) => time);
  expect(after).toBeGreaterThan(before ?? Infinity);
});
