// GPUs by a program that prints what nvidia-smi prints: listed, sampled, gone, and ended with whoever reads.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { markOf } from '@cellfarm/backends';
import { afterAll, describe, expect, it } from 'vitest';
import { NvidiaSmi } from '../../src/devices/nvidia-smi.js';

const folder = mkdtempSync(join(tmpdir(), 'cf-smi-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that notes its arguments and its number, and then does what `shell` says. */
function fake(name: string, shell: string): { program: string; said: () => string } {
  const program = join(folder, name);
  const notes = join(folder, `${name}.notes`);
  writeFileSync(program, `#!/bin/sh\necho "$$ $*" >> '${notes}'\n${shell}\n`);
  chmodSync(program, 0o755);
  return { program, said: () => (existsSync(notes) ? readFileSync(notes, 'utf8') : '') };
}

const ROWS = 'echo "GPU-1, 97, 100, 1000, 281.3, 64"; echo "GPU-2, [N/A], 100, 1000, [N/A], 30"';

describe('nvidia-smi', () => {
  it('that is not there is a reason in words', async () => {
    const source = new NvidiaSmi('/no/such/nvidia-smi', process.env);
    expect(await source.list()).toEqual({ devices: [], reason: 'nvidia-smi not found' });
    source.start();
    while (source.latest().problem !== 'nvidia-smi not found') await sleep(10);
    expect(source.latest().gpus).toEqual([]);
    source.stop();
  });

  it('lists the GPUs of this machine', async () => {
    const { program } = fake('lists', 'echo "0, GPU-1, NVIDIA T4, 16000"');
    const { devices, reason } = await new NvidiaSmi(program, process.env).list();
    expect(devices).toMatchObject([{ kind: 'gpu', uuid: 'GPU-1', name: 'NVIDIA T4' }]);
    expect(reason).toBe('');
  });

  it('is one child that goes on printing, and that ends with the reading', async () => {
    const { program, said } = fake('prints', `while true; do ${ROWS}; sleep 0.05; done`);
    const source = new NvidiaSmi(program, process.env);
    source.start();
    source.start();
    while (source.latest().gpus.length < 2) await sleep(10);
    expect(source.latest()).toMatchObject({ gpus: [{ use: 0.97 }, { use: null }], problem: '' });
    const lines = said().trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/--query-gpu=uuid,utilization.gpu.* --format=csv,noheader,nounits -l 1$/);
    source.stop();
    expect(source.latest().gpus).toEqual([]);
    while ((await markOf(Number.parseInt(said(), 10))) !== null) await sleep(10);
  });

  it('that ends says its last words', async () => {
    const { program } = fake('dies', 'echo "Unable to determine the device handle: Unknown Error"; exit 15');
    const source = new NvidiaSmi(program, process.env);
    source.start();
    while (!source.latest().problem.startsWith('nvidia-smi ended')) await sleep(10);
    expect(source.latest().problem).toBe(
      'nvidia-smi ended: Unable to determine the device handle: Unknown Error',
    );
    source.stop();
  });

  it('that hangs is ended and started anew', async () => {
    const once = join(folder, 'hung-once');
    const { program, said } = fake(
      'hangs',
      `[ -e '${once}' ] || { touch '${once}'; exec sleep 60; }; ${ROWS}; sleep 60`,
    );
    const source = new NvidiaSmi(program, process.env, { silentMs: 500, againMs: 20 });
    source.start();
    while (source.latest().problem !== 'nvidia-smi said nothing for 0.5 s') await sleep(10);
    while (source.latest().gpus.length < 2) await sleep(10);
    source.stop();
    const pids = said()
      .trim()
      .split('\n')
      .map((line) => Number.parseInt(line, 10));
    for (const pid of pids) while ((await markOf(pid)) !== null) await sleep(10);
    expect(pids.length).toBeGreaterThanOrEqual(2);
  });
});
