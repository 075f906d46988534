// Which runs are kept, and that a deleted one leaves nothing behind.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { RunId, RunState } from '@cellfarm/protocol';
import type { JournaledRun } from '../../src/journal/journal-types.js';
import { expired, keepFrom } from '../../src/run/retention.js';
import { playSimply, startFarm } from './fake-farm.js';
import type { Farm } from './fake-farm.js';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;

function run(name: string, daysAgo: number, notebook: string, state: RunState = 'done'): JournaledRun {
  const startedAt = NOW - daysAgo * DAY - 1;
  const finishedAt = state === 'running' ? null : startedAt;
  const none = { startedBy: null, retryOf: null, owner: null };
  return { run: name as RunId, notebook, digest: '', state, startedAt, finishedAt, ...none };
}

describe('what is kept', () => {
  const runs = [
    run('new', 0, 'a'),
    run('young', 5, 'a'),
    run('old', 40, 'a'),
    run('last of b', 50, 'b'),
    run('going', 60, 'a', 'running'),
    run('oldest', 70, 'b'),
  ];

  test('are the newest, those of the last days, the last of each notebook and what goes on', () => {
    expect(expired(runs, NOW, { runs: 1, days: 30 })).toEqual(['old', 'oldest']);
    expect(expired(runs, NOW, { runs: 3, days: 30 })).toEqual(['oldest']);
    expect(expired(runs, NOW, { runs: 0, days: 65 })).toEqual(['oldest']);
  });

  test('is read from the environment, with two hundred runs and thirty days where it says nothing', () => {
    expect(keepFrom({})).toEqual({ runs: 200, days: 30 });
    expect(keepFrom({ CELLFARM_KEEP_RUNS: '5', CELLFARM_KEEP_DAYS: 'x' })).toEqual({ runs: 5, days: 30 });
  });
});

describe('a deleted run', () => {
  let farm: Farm;
  afterEach(() => farm.stop());

  test('is not there any more, and another run is as it was', async () => {
    farm = await startFarm({ frame: (process, frame) => void playSimply(process, frame) });
    const first = await farm.start(['print("one")']);
    await farm.events(first);
    const second = await farm.start(['print("two")']);
    const events = await farm.events(second);
    expect((await farm.call('POST', `/v1/runs/${second}/delete`, {})).status).toBe(202);
    expect(await farm.call('GET', `/v1/runs/${second}`)).toMatchObject({ status: 404 });
    expect(existsSync(join(farm.home, 'runs', second))).toBe(false);
    const third = await farm.start(['print("three")', 'print("four")']);
    expect((await farm.events(third)).length).toBeGreaterThan(events.length);
    expect((await farm.call('GET', `/v1/runs/${second}/events`)).status).toBe(404);
    expect((await farm.events(first)).at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
  });

  test('is refused while it goes on', async () => {
    farm = await startFarm({ frame: () => undefined });
    const going = await farm.start(['x = 1']);
    expect(await farm.call('POST', `/v1/runs/${going}/delete`, {})).toMatchObject({
      json: { code: 'C4016' },
    });
    await farm.call('POST', `/v1/runs/${going}/cancel`, {});
    await farm.events(going);
    expect((await farm.call('POST', `/v1/runs/${going}/delete`, {})).status).toBe(202);
  });
});
