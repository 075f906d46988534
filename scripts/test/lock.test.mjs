import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
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

const gone = () => spawnSync(process.execPath, ['-e', '']).pid;

test('the lock of a process that is gone is taken over', async () => {
  const here = folder();
  writeFileSync(join(here, 'setup.lock.7'), String(gone()));
  await expect(whileAlone(() => 'yes', here)).resolves.toBe('yes');
});

test('many processes that meet a dead lock take it over one after the other', async () => {
  const here = folder();
  writeFileSync(join(here, 'setup.lock.1'), String(gone()));
  const program = `
    import { appendFileSync } from 'node:fs';
    import { whileAlone } from ${JSON.stringify(new URL('../setup/lock.mjs', import.meta.url).href)};
    const [, here] = process.argv;
    await whileAlone(async () => {
      appendFileSync(here + '/seen', 'in ');
      await new Promise((wake) => setTimeout(wake, 20));
      appendFileSync(here + '/seen', 'out ');
    }, here);`;
  const started = Array.from({ length: 8 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program, here], { stdio: 'inherit' }),
  );
  await Promise.all(started.map((child) => once(child, 'exit')));
  expect(readFileSync(join(here, 'seen'), 'utf8')).toBe('in out '.repeat(8));
});
