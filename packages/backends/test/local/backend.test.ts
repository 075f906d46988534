// The local backend under the suite of all backends, with control groups where this machine lets us make them and without, and
// what is special to processes of this machine.
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Launched, type LaunchSpec, type LocalOptions, localBackend, markOf } from '@cellfarm/backends';
import { describeBackend } from '@cellfarm/backends/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { pidOf } from '../pid-of.js';

const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cf-backends-')));
afterAll(() => rmSync(folder, { recursive: true }));

function isRunning(pid: number): Promise<boolean> {
  return markOf(pid).then((mark) => mark !== null);
}

function underTest(options: LocalOptions) {
  return () =>
    Promise.resolve({ backend: localBackend(options), python: [python] as const, cwd: folder, isRunning });
}

describeBackend('local', underTest({ memoryPollMs: 50 }));
describeBackend('local without control groups', underTest({ controlGroups: false, memoryPollMs: 50 }));

function spec(code: string, changes: Partial<LaunchSpec> = {}): LaunchSpec {
  return {
    name: `l-${process.hrtime.bigint().toString(16).padStart(16, '0')}`,
    argv: [python, '-c', code],
    cwd: folder,
    env: {},
    memoryBytes: null,
    gpus: 0,
    ...changes,
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

describe('local processes', () => {
  it('inherit what the user set and nothing of cellfarm', async () => {
    const backend = localBackend({
      environment: {
        PATH: process.env['PATH'],
        HF_TOKEN: 'users own',
        CELLFARM_REDIS_URL: 'redis://secret',
        CELLFARM_HOME: '/secret',
        JUPYTER_TOKEN: 'secret',
        DOCKER_HOST: 'unix:///secret',
        CELLFARM_FASHION_MNIST: '/data',
      },
    });
    const names = [
      'HF_TOKEN',
      'CELLFARM_FASHION_MNIST',
      'CELLFARM_HOME',
      'CELLFARM_REDIS_URL',
      'JUPYTER_TOKEN',
    ];
    const code = `import os; print([os.environ.get(n) for n in ${JSON.stringify(names)} + ['DOCKER_HOST']])`;
    const launched = await backend.launch(spec(code));
    await backend.watch(launched);
    await backend.stop(launched, { graceMs: 0 });
    expect(await backend.collect(launched)).toBe("['users own', '/data', None, None, None, None]\n");
  });

  it('are ended together with a child that left for a session of its own', async () => {
    const backend = localBackend({ controlGroups: false });
    const file = join(folder, 'deserter');
    const code = `
import os, sys, time
if os.fork() == 0:
    os.setsid()
    open('${file}.part', 'w').write(str(os.getpid()))
    os.rename('${file}.part', '${file}')
time.sleep(600)`;
    const launched = await backend.launch(spec(code));
    await until(() => existsSync(file));
    await backend.stop(launched, { graceMs: 5_000 });
    expect(await isRunning(Number(readFileSync(file, 'utf8')))).toBe(false);
  });

  it('are known after their leader died, also outside its group, when they were seen there', async () => {
    const backend = localBackend({ controlGroups: false, surveyMs: 20 });
    const file = join(folder, 'seen');
    const code = `
import os, time
if os.fork() == 0:
    os.setsid()
    open('${file}.part', 'w').write(str(os.getpid()))
    os.rename('${file}.part', '${file}')
time.sleep(600)`;
    const launched = await backend.launch(spec(code));
    await until(() => existsSync(file) && (launched.remains['strays'] as unknown[]).length > 0);
    const remains = launched.remains;
    process.kill(pidOf(launched), 'SIGKILL');
    await backend.watch(launched);
    expect(await localBackend().sweep(remains, 0)).toBe(1);
    expect(await isRunning(Number(readFileSync(file, 'utf8')))).toBe(false);
  });

  it('are known after their leader died, as long as the dead agent had seen the group', async () => {
    const { launched, orphan, backend } = await orphaned('known');
    await sleep(2_500);
    expect(await backend.sweep(launched.remains, Date.now())).toBe(1);
    expect(await isRunning(orphan)).toBe(false);
  });

  it('are left alone after their leader died when they may be a later group of that number', async () => {
    const { launched, orphan, backend } = await orphaned('unknown');
    expect(await backend.sweep(launched.remains, Date.now() - 60_000)).toBe(0);
    expect(await isRunning(orphan)).toBe(true);
    process.kill(pidOf({ pid: orphan }), 'SIGKILL');
  });

  it('are left alone when the number belongs to another process by now', async () => {
    const stranger = spawn(python, ['-c', 'import time; time.sleep(600)'], { detached: true });
    const { pid } = stranger;
    if (pid === undefined) throw new Error('no stranger');
    const remains = { pid, startTime: 'of another one', controlGroups: [], strays: [] };
    expect(await localBackend().sweep(remains, Date.now() - 60_000)).toBe(0);
    expect(await isRunning(pid)).toBe(true);
    stranger.kill('SIGKILL');
  });

  it('are not swept by remains that name folders which are not ours', async () => {
    const remains = { pid: 4_000_000, startTime: '', strays: [] };
    for (const folder of [
      '/sys/fs/cgroup/system.slice',
      '/home/cellfarm-x',
      '/sys/fs/cgroup/../cellfarm-x',
    ]) {
      const forged = { ...remains, controlGroups: [folder] };
      await expect(localBackend().sweep(forged, Date.now())).rejects.toThrow('not the remains');
    }
  });

  async function orphaned(name: string) {
    const backend = localBackend({ controlGroups: false });
    const file = join(folder, `orphan-${name}`);
    const code = `
import os, time
if os.fork() == 0:
    open('${file}.part', 'w').write(str(os.getpid()))
    os.rename('${file}.part', '${file}')
    time.sleep(600)
time.sleep(600)`;
    const launched: Launched = await backend.launch(spec(code));
    await until(() => existsSync(file));
    process.kill(pidOf(launched), 'SIGKILL');
    await backend.watch(launched);
    return { backend, launched, orphan: Number(readFileSync(file, 'utf8')) };
  }
});

describe('local GPUs', () => {
  function nvidiaSmi(name: string, lines: readonly string[]): string {
    const file = join(folder, name);
    writeFileSync(file, `#!${python}\n${lines.join('\n')}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  it('are absent with the reason when there is no nvidia-smi', async () => {
    const report = await localBackend({ nvidiaSmi: '/no/such/nvidia-smi' }).probe();
    expect(report).toMatchObject({ gpus: 0, gpuReason: 'nvidia-smi not found' });
  });

  it('are absent with what nvidia-smi said when it fails', async () => {
    const program = nvidiaSmi('failing', ['print("No devices were found")', 'raise SystemExit(6)']);
    const report = await localBackend({ nvidiaSmi: program }).probe();
    expect(report).toMatchObject({ gpus: 0, gpuReason: 'nvidia-smi failed: No devices were found' });
  });

  it('are absent with the reason when nvidia-smi hangs', async () => {
    const program = nvidiaSmi('hanging', ['import time', 'time.sleep(600)']);
    const report = await localBackend({ nvidiaSmi: program }).probe();
    expect(report).toMatchObject({ gpus: 0, gpuReason: 'nvidia-smi did not answer within 1500 ms' });
  });

  it('go to one process at a time, by UUID, and come back when it has ended', async () => {
    const program = nvidiaSmi('two', ['print("0, GPU-aa")', 'print("1, GPU-bb")']);
    const backend = localBackend({ nvidiaSmi: program });
    const code = 'import os; print(os.environ["CUDA_VISIBLE_DEVICES"], os.environ["CUDA_DEVICE_ORDER"])';
    expect((await backend.probe()).gpus).toBe(2);
    const first = await backend.launch(spec(code, { gpus: 1 }));
    const second = await backend.launch(spec(code, { gpus: 1 }));
    await expect(backend.launch(spec(code, { gpus: 1 }))).rejects.toMatchObject({ code: 'C1105' });
    await backend.watch(first);
    expect(await backend.collect(first)).toBe('GPU-aa PCI_BUS_ID\n');
    await backend.stop(first, { graceMs: 0 });
    const third = await backend.launch(spec(code, { gpus: 1 }));
    expect(await backend.collect(third)).toBe('GPU-aa PCI_BUS_ID\n');
    expect(await backend.collect(second)).toBe('GPU-bb PCI_BUS_ID\n');
    await Promise.all([second, third].map((launched) => backend.stop(launched, { graceMs: 0 })));
  });
});
