// kill -9 of each part in the middle of the example: the run completes with the same answer and nothing is committed twice.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mapOf } from '@cellfarm/protocol';
import type { RunEvent } from '@cellfarm/protocol';
import { Place } from './helpers/command.js';
import { answerOf, copyDigits } from './helpers/digits.js';
import { eventsIn, untilEvents } from './helpers/events.js';
import { isAlive, killPart, partsBelow, pidOf } from './helpers/processes.js';
import type { Part } from './helpers/processes.js';

const isShard = (event: RunEvent): boolean => event.type === 'task.finished' && mapOf(event.task) !== null;
const shardsDone = (count: number) => (events: RunEvent[]) => events.filter(isShard).length >= count;

/** Shards that were executed to the end (not taken from an earlier commit). */
function executed(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'task.finished' && mapOf(event.task) !== null && !event.cached ? [event.task] : [],
  );
}

let expected: unknown[];
const reference = new Place();

beforeAll(async () => {
  const path = copyDigits(reference);
  const out = join(reference.folder, 'out.ipynb');
  const run = await reference.run(['run', path, '-o', out, '--workers', '2']);
  expect(run.stderr + run.stdout).toContain('done');
  expected = answerOf(out);
});
afterAll(() => reference.remove());

interface Case {
  readonly part: Part;
  readonly flags: readonly string[];
  readonly when: (events: RunEvent[]) => boolean;
  readonly moment: string;
}
const cellDone = (cell: number) => (events: RunEvent[]) =>
  events.some((event) => event.type === 'cell.finished' && event.cell === cell);
const cases: Case[] = [
  { part: 'service', flags: [], when: shardsDone(3), moment: 'while shards run' },
  { part: 'service', flags: [], when: cellDone(2), moment: 'between two cells' },
  { part: 'agent', flags: [], when: shardsDone(3), moment: 'while shards run' },
  { part: 'home', flags: [], when: shardsDone(5), moment: 'while shards run' },
  { part: 'home', flags: [], when: cellDone(3), moment: 'between two cells' },
  { part: 'home', flags: ['--no-fork'], when: shardsDone(5), moment: 'while workers run' },
  { part: 'shard', flags: [], when: shardsDone(2), moment: 'while it runs' },
  { part: 'worker', flags: ['--no-fork'], when: shardsDone(2), moment: 'while it runs' },
  { part: 'redis', flags: [], when: shardsDone(2), moment: 'while shards run' },
  { part: 'redis', flags: [], when: cellDone(1), moment: 'before the map' },
];

describe('kill -9 in the middle of a run', () => {
  test.each(cases)('of $part $flags $moment', async ({ part, flags, when }) => {
    const place = new Place();
    const path = copyDigits(place);
    const events = join(place.folder, 'events.ndjson');
    const out = join(place.folder, 'out.ipynb');
    const started = place.start(['run', path, '-o', out, '--workers', '2', '--events', events, ...flags]);
    await untilEvents(events, when);
    killPart(started.process.pid, part);
    const end = await started.finished;
    expect(end, end.stderr).toMatchObject({ code: 0 });
    expect(answerOf(out)).toEqual(expected);
    const shards = executed(eventsIn(events));
    expect(new Set(shards).size).toBe(shards.length);
    expect(partsBelow(pidOf(started.process), part)).toEqual([]);
    place.remove();
  });

  test('of everything, then --resume, executes no committed shard again', async () => {
    const place = new Place();
    const path = copyDigits(place);
    const before = join(place.folder, 'before.ndjson');
    const after = join(place.folder, 'after.ndjson');
    const out = join(place.folder, 'out.ipynb');
    const started = place.start(['run', path, '--workers', '2', '--events', before]);
    const seen = await untilEvents(before, shardsDone(6));
    const pid = pidOf(started.process);
    const victims = [
      pid,
      ...(['service', 'agent', 'home', 'shard', 'redis'] as const).flatMap((part) =>
        partsBelow(pid, part).map((each) => each.pid),
      ),
    ];
    for (const victim of victims) if (isAlive(victim)) process.kill(victim, 'SIGKILL');
    await started.finished;
    const run = seen[0]?.run ?? '';
    const resumed = await place.run([
      'run',
      path,
      '-o',
      out,
      '--workers',
      '2',
      '--events',
      after,
      '--resume',
      run,
    ]);
    expect(resumed, resumed.stderr).toMatchObject({ code: 0 });
    expect(answerOf(out)).toEqual(expected);
    const all = executed(eventsIn(after));
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(24);
    place.remove();
  });
});

describe('Ctrl-C', () => {
  test('cancels the run, saves what was done and leaves nothing running', async () => {
    const place = new Place();
    const path = copyDigits(place);
    const events = join(place.folder, 'events.ndjson');
    const started = place.start(['run', path, '--workers', '2', '--events', events]);
    await untilEvents(events, shardsDone(2));
    const parts = (['service', 'agent', 'home', 'shard', 'redis'] as const).flatMap((part) =>
      partsBelow(pidOf(started.process), part),
    );
    expect(parts.length).toBeGreaterThanOrEqual(4);
    started.process.kill('SIGINT');
    const end = await started.finished;
    expect(end.code, end.stderr).toBe(130);
    expect(parts.filter((each) => isAlive(each.pid))).toEqual([]);
    expect(eventsIn(events).at(-1)).toMatchObject({ type: 'run.finished', state: 'cancelled' });
    place.remove();
  });
});
