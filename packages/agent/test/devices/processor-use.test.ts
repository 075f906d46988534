// The processors of this machine: shares between two looks, for real and as written down.
import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { readCoreTimes, readMemory, shares } from '../../src/devices/processor-use.js';

it('shares are of each core and of all', () => {
  const before = [
    { busy: 100, all: 200 },
    { busy: 0, all: 200 },
  ];
  const after = [
    { busy: 200, all: 300 },
    { busy: 50, all: 300 },
  ];
  expect(shares(before, after)).toEqual({ all: 0.75, cores: [1, 0.5] });
});

it('no time between two looks is no use', () => {
  const cores = [{ busy: 5, all: 10 }];
  expect(shares(cores, cores)).toEqual({ all: 0, cores: [0] });
});

it('this machine computes while this test does', () => {
  const before = readCoreTimes();
  let after = before;
  const busy = (times: typeof before): number => times.reduce((sum, core) => sum + core.busy, 0);
  while (busy(after) <= busy(before)) after = readCoreTimes();
  const { all, cores } = shares(before, after);
  expect(all).toBeGreaterThan(0);
  expect(cores.length).toBeGreaterThanOrEqual(availableParallelism());
});

it('this machine uses some of its memory', () => {
  const { usedBytes, totalBytes } = readMemory();
  expect(usedBytes).toBeGreaterThan(0);
  expect(totalBytes).toBeGreaterThan(usedBytes);
});
