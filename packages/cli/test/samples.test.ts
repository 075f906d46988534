// What processors and GPUs do, from a real agent through a real service: sampled while somebody looks, and only then. The GPUs are
// written down in a file; the processors are this machine's.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AgentInfo, MachineSample, RunSummary, SamplesAnswer, ServiceAddress } from '@cellfarm/protocol';
import { ServiceClient } from '../src/service-client.js';
import { Place } from './helpers/command.js';
import type { Started } from './helpers/command.js';
import { partsBelow, pidOf } from './helpers/processes.js';

const place = new Place();
const goal = join(place.folder, 'enough');
const gpu = {
  uuid: 'GPU-1',
  use: 0.25,
  memoryUsedBytes: 1_000,
  memoryTotalBytes: 16_000,
  powerWatts: 70,
  temperatureCelsius: 40,
};
const device = {
  kind: 'gpu',
  vendor: 'nvidia',
  name: 'NVIDIA T4',
  uuid: 'GPU-1',
  memoryBytes: 16_000,
  index: 0,
};
let up: Started;
let service: ServiceClient;

beforeAll(async () => {
  const script = join(place.folder, 'gpus.json');
  const samples = [[{ ...gpu, use: 0 }], [gpu]];
  writeFileSync(script, JSON.stringify({ devices: [{ ...device, parent: 'any' }], samples }));
  up = place.start(['up'], { CELLFARM_GPU_SCRIPT: script });
  await up.printed(/cellfarm is up/);
  const address = JSON.parse(readFileSync(join(place.home, 'service.json'), 'utf8')) as ServiceAddress;
  service = new ServiceClient(address);
});
afterAll(async () => {
  up.process.kill('SIGTERM');
  await up.finished;
  place.remove();
});

/** A notebook that computes until a file is there. */
function busyNotebook(): string {
  const path = join(place.folder, 'busy.ipynb');
  const source = `import os\nwhile not os.path.exists(${JSON.stringify(goal)}):\n    sum(range(10000))`;
  const cell = { cell_type: 'code', id: 'busy', metadata: {}, source, outputs: [], execution_count: null };
  writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] }));
  return path;
}

async function agents(): Promise<AgentInfo[]> {
  for (;;) {
    const found = await service.get<AgentInfo[]>('/v1/agents');
    if (found.length > 0) return found;
    await sleep(50);
  }
}

test('a machine says what it has, and what its devices and processes do while somebody looks', async () => {
  const [agent] = await agents();
  expect(agent?.devices).toMatchObject([
    { kind: 'cpu' },
    { kind: 'gpu', name: 'NVIDIA T4', parent: agent?.host },
  ]);
  expect(agent?.gpuReason).toBe('');
  const run = place.run(['run', busyNotebook(), '--workers', '0']);
  const look = async (after: number): Promise<MachineSample[]> =>
    (await service.get<SamplesAnswer>(`/v1/agents/${agent?.agent ?? ''}/samples?after=${after}`)).samples;
  const isBusy = ({ processes, gpus }: MachineSample): boolean =>
    processes.some(({ cpus }) => cpus > 0.1) && gpus[0]?.use === 0.25;
  let samples: MachineSample[] = [];
  while (!samples.some(isBusy)) {
    await sleep(100);
    samples = await look(0);
  }
  const busy = samples.find(isBusy);
  expect(busy?.gpus).toEqual([gpu]);
  expect(busy?.gpuProblem).toBe('');
  expect(busy?.cpu.all).toBeGreaterThan(0);
  const home = partsBelow(pidOf(up.process), 'home')[0]?.pid;
  const process = busy?.processes.find(({ pid }) => pid === home);
  expect(process?.memoryBytes).toBeGreaterThan(2 ** 20);
  expect(await look(samples.at(-1)?.time ?? 0)).not.toContainEqual(samples.at(-1));
  writeFileSync(goal, '');
  expect((await run).code).toBe(0);
  const [summary] = await service.get<RunSummary[]>('/v1/runs');
  const journal = await service.text('GET', `/v1/runs/${summary?.run ?? ''}/events`);
  expect(journal).not.toContain('GPU-1');
});
