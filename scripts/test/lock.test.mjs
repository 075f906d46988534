import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { whileAlone } from '../setup/lock.mjs';

const folder = () => mkdtempSync(join(tmpdir(), 'lock-'));

test('two set-ups never work at the same time', async () => {
  let inside = 0;
  const most = [];
  const work = async () => {
    inside += 1;
    most.push(inside);
    await setImmediate();
    inside -= 1;
  };
  const here = folder();
  await Promise.all([whileAlone(work, here), whileAlone(work, here), whileAlone(work, here)]);
  expect(most).toEqual([1, 1, 1]);
});

test('the lock is given back when the work fails', async () => {
  const here = folder();
  await expect(whileAlone(() => Promise.reject(new Error('no')), here)).rejects.toThrow('no');
  await expect(whileAlone(() => 'yes', here)).resolves.toBe('yes');
});

test('the lock of a process that is gone is taken over', async () => {
  const here = folder();
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(join(here, 'setup.lock'), String(pid));
  await expect(whileAlone(() => 'yes', here)).resolves.toBe('yes');
});
