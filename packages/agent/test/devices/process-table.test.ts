// Processor time and memory of processes: how the system tells them, and whose they are.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ofRoots, parsePs, parseStat, readProcesses, reservedGpus } from '../../src/devices/process-table.js';
import { processUse } from '../../src/devices/process-use.js';

const row = (pid: number, parent: number, group: number) => ({ pid, parent, group, seconds: 0 });
const time = (pid: number, seconds: number) => ({ ...row(pid, 1, 1), seconds, memoryBytes: 10 });

describe('a table of processes', () => {
  it('tells time of user and system together, whatever the name is', () => {
    const stat = '42 (a) b (c)) R 7 42 42 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 1 0 999 1000 20';
    expect(parseStat(stat)).toEqual({ pid: 42, parent: 7, group: 42, seconds: 2 });
  });

  it('leaves out those that have ended', () => {
    expect(parseStat('42 (x) Z 7 42 42 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 9 0 0')).toBeNull();
    expect(parseStat('')).toBeNull();
  });

  it('is also read from ps, of Linux and of macOS', () => {
    const rows = parsePs('  42  1  42  2048  1-02:03:04\n 43 42 42 1 3:04.50\n');
    expect(rows.map(({ seconds }) => seconds)).toEqual([93_784, 184.5]);
    expect(rows[0]).toMatchObject({ pid: 42, parent: 1, group: 42, memoryBytes: 2 ** 21 });
  });

  it('gives the groups of the roots with all that descends from them', () => {
    const rows = [
      row(1, 0, 1),
      row(10, 1, 10),
      row(11, 10, 10),
      row(12, 11, 12),
      row(13, 1, 10),
      row(20, 1, 20),
    ];
    expect(ofRoots(rows, new Set([10])).map(({ pid }) => pid)).toEqual([10, 11, 13, 12]);
  });
});

describe('use of processes', () => {
  it('is time per time, in cores, those that do most first', () => {
    const use = processUse([time(1, 5), time(2, 5)], [time(1, 5.5), time(2, 7), time(3, 0.1)], 1, () => []);
    expect(use.map(({ pid, cpus }) => [pid, cpus])).toEqual([
      [2, 2],
      [1, 0.5],
      [3, 0.1],
    ]);
  });

  it('starts again when a number was given to another process', () => {
    expect(processUse([time(1, 500)], [time(1, 0.2)], 1, () => [])[0]?.cpus).toBe(0);
  });

  it('of a child that computes is seen, with its memory and the GPUs reserved for it', async () => {
    const env = { ...process.env, CUDA_VISIBLE_DEVICES: 'GPU-1,GPU-2' };
    const child = spawn(process.execPath, ['-e', 'console.log(1); for (;;);'], { env });
    await once(child.stdout, 'data');
    const roots = new Set([child.pid ?? 0]);
    const before = await readProcesses(roots);
    let after = before;
    while ((after[0]?.seconds ?? 0) <= (before[0]?.seconds ?? 0)) after = await readProcesses(roots);
    expect(after).toHaveLength(1);
    expect(after[0]?.memoryBytes).toBeGreaterThan(2 ** 20);
    if (process.platform === 'linux') expect(reservedGpus(child.pid ?? 0)).toEqual(['GPU-1', 'GPU-2']);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await readProcesses(roots)).toEqual([]);
  });
});
