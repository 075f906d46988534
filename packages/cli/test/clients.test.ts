// When a `cellfarm up` that others started ends: with the last of them, or with the last run where one of them said so.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processBirth } from '@cellfarm/service';
import { neededBy, untilUnneeded } from '../src/clients.js';

const alive = { alive: true, keepRuns: false };
const gone = { alive: false, keepRuns: false };
const left = { alive: false, keepRuns: true };

describe('what needs it', () => {
  it.each([
    ['nobody', [], 'nobody'],
    ['one that has ended', [gone], 'nobody'],
    ['one that lives beside one that has ended', [gone, alive], 'clients'],
    ['one that has ended and left its runs', [gone, left], 'runs'],
    ['one that lives beside one that left its runs', [left, alive], 'clients'],
  ] as const)('%s', (_name, clients, needed) => {
    expect(neededBy(clients)).toBe(needed);
  });
});

describe('a folder of clients', () => {
  let folder = '';
  const never = new AbortController().signal;
  const client = (pid: number, said: object): void =>
    writeFileSync(join(folder, `${pid}.json`), JSON.stringify(said));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cellfarm-clients-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is needed by a process that lives, until that leaves', async () => {
    client(process.pid, { birth: processBirth(process.pid), keepRuns: false });
    let over = false;
    const unneeded = untilUnneeded(folder, () => Promise.resolve(1), never).then(() => (over = true));
    await new Promise((wake) => setImmediate(wake));
    expect(over).toBe(false);
    rmSync(join(folder, `${process.pid}.json`));
    await unneeded;
  });

  it('is not needed by a later process of the same number, and forgets the earlier one', async () => {
    client(process.pid, { birth: 'an earlier one', keepRuns: false });
    await untilUnneeded(folder, () => Promise.resolve(1), never);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is needed by runs that were left until there are none', async () => {
    client(process.pid, { birth: 'an earlier one', keepRuns: true });
    const runs = [2, 1, 0];
    await untilUnneeded(folder, () => Promise.resolve(runs.shift() ?? 0), never);
    expect(runs).toEqual([]);
  });

  it('forgets a file that a loss of power left empty', async () => {
    writeFileSync(join(folder, '4194304.json'), '');
    await untilUnneeded(folder, () => Promise.resolve(1), never);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not keep the runs of one who wants them ended for one whose runs are over', async () => {
    client(process.pid, { birth: processBirth(process.pid), keepRuns: false });
    client(4194304, { birth: 'an earlier one', keepRuns: true });
    let runs = 1;
    const asked = (): Promise<number> => Promise.resolve(runs--);
    const unneeded = untilUnneeded(folder, asked, never);
    while (readdirSync(folder).length > 1) await sleep(10);
    runs = 3;
    rmSync(join(folder, `${process.pid}.json`));
    await unneeded;
    expect(runs).toBe(3);
  });

  it('is waited for no longer when told to end', async () => {
    client(process.pid, { birth: processBirth(process.pid), keepRuns: false });
    const told = new AbortController();
    const unneeded = untilUnneeded(folder, () => Promise.resolve(1), told.signal);
    told.abort();
    await unneeded;
    expect(readdirSync(folder)).toEqual([`${process.pid}.json`]);
  });
});
