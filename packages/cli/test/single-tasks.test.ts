// Tasks that are brought home in mid-run, and retries of whole runs, with every real part: the answer stays that of one kernel.
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mapOf } from '@cellfarm/protocol';
import type { RunEvent } from '@cellfarm/protocol';
import { Place } from './helpers/command.js';
import type { Started } from './helpers/command.js';
import { eventsIn, untilEvents } from './helpers/events.js';
import { toNotebook } from './notebooks/to-notebook.js';

let place: Place;
let up: Started;
beforeEach(async () => {
  place = new Place();
  up = place.start(['up']);
  await up.printed(/ready|Ctrl-C/);
});
afterEach(async () => {
  up.process.kill('SIGTERM');
  await up.finished;
  place.remove();
});

function write(text: string): string {
  const path = join(place.folder, 'test.ipynb');
  writeFileSync(path, toNotebook(text));
  return path;
}

function serviceAddress(): { socket: string; token: string } {
  return JSON.parse(readFileSync(join(place.home, 'service.json'), 'utf8')) as ReturnType<
    typeof serviceAddress
  >;
}

/** All that the cells of an executed notebook printed. */
function printed(path: string): string {
  const { cells } = JSON.parse(readFileSync(path, 'utf8')) as {
    cells: { outputs: { text?: string | string[] }[] }[];
  };
  return cells.flatMap(({ outputs }) => outputs.flatMap(({ text }) => text ?? [])).join('');
}

const isStart = (event: RunEvent): boolean => event.type === 'task.started' && mapOf(event.task) !== null;
const isShardDone = (event: RunEvent): boolean =>
  event.type === 'task.finished' && mapOf(event.task) !== null && !event.cached;
const runIn = (events: readonly RunEvent[]): string => events[0]?.run ?? '';

describe('a task that is cancelled', () => {
  test('comes home in the middle of a map, and the run ends with the same answer', async () => {
    const path = write(`# %%
import os, time
home = os.getpid()
def slow(x):
    if os.getpid() != home:
        time.sleep(0.15 if x < 6 else 60)
    print("element", x)
    return x * x
# %% map
squares = [slow(x) for x in range(12)]
# %%
print(squares, sum(squares))
`);
    const [events, out] = ['events.ndjson', 'out.ipynb'].map((name) => join(place.folder, name)) as [
      string,
      string,
    ];
    const run = place.start(['run', path, '-o', out, '--events', events, '--workers', '2']);
    const seen = await untilEvents(events, (all) => all.filter(isShardDone).length >= 4);
    const cancelled = await place.run(['runs', 'cancel', runIn(seen), 'c1.m0']);
    expect(cancelled, cancelled.stderr).toMatchObject({ code: 0, stdout: 'c1.m0 comes home\n' });
    expect(await run.finished).toMatchObject({ code: 0 });
    const squares = Array.from({ length: 12 }, (_, x) => x * x);
    expect(printed(out)).toBe(
      `${squares.map((_, x) => `element ${x}\n`).join('')}[${squares.join(', ')}] ${squares.reduce((a, b) => a + b)}\n`,
    );
    const closed = eventsIn(events).find((event) => event.type === 'map.closed');
    expect(closed).toMatchObject({ reason: 'it was cancelled: home computes the rest' });
  });
});

const READS = `# %%
import os
def read(x):
    if x == 9:
        return open("nine.txt").read()
    with open("data.txt") as file:
        return file.read() * 0 + str(x)
# %% map
texts = [read(x) for x in range(12)]
# %%
print(texts)
`;

describe('a retry', () => {
  test('goes through when the missing file is there, and computes no finished shard twice', async () => {
    writeFileSync(join(place.folder, 'data.txt'), 'data');
    const events = join(place.folder, 'first.ndjson');
    const path = write(READS);
    const failed = await place.run(['run', path, '--events', events, '--workers', '2']);
    expect(failed, failed.stderr).toMatchObject({ code: 1 });
    const before = eventsIn(events);
    expect(before.filter(isShardDone).length).toBeGreaterThan(4);
    writeFileSync(join(place.folder, 'nine.txt'), 'nine');
    const retry = await place.run(['runs', 'retry', runIn(before), '--json']);
    expect(retry, retry.stderr).toMatchObject({ code: 0 });
    const { run, executed } = JSON.parse(retry.stdout) as { run: string; executed: string };
    expect(printed(executed)).toContain(`'8', 'nine', '10'`);
    const after = await eventsOf(run);
    const reused = after.filter((event) => event.type === 'task.finished' && event.cached);
    expect(reused.length).toBeGreaterThan(0);
    expect(after.filter(isStart).length).toBe(12 - before.filter(isShardDone).length);
  });

  test('computes everything anew when a file that was read, or code beside the notebook, has changed', async () => {
    writeFileSync(join(place.folder, 'data.txt'), 'data');
    writeFileSync(join(place.folder, 'helper.py'), 'def label(x):\n    return f"old {x}"\n');
    const path = write(
      READS.replace('file.read() * 0 + str(x)', 'file.read() + helper.label(x)').replace(
        'import os',
        'import helper',
      ),
    );
    const failed = await place.run(['run', path, '--workers', '2']);
    expect(failed, failed.stderr).toMatchObject({ code: 1 });
    writeFileSync(join(place.folder, 'nine.txt'), 'nine');
    writeFileSync(join(place.folder, 'data.txt'), 'more ');
    writeFileSync(join(place.folder, 'helper.py'), 'def label(x):\n    return f"new {x}"\n');
    const retry = await place.run(['runs', 'retry', 'latest', '--json']);
    expect(retry, retry.stderr).toMatchObject({ code: 0 });
    const { executed } = JSON.parse(retry.stdout) as { executed: string };
    expect(printed(executed)).toContain(`'more new 8', 'nine', 'more new 10'`);
    expect(printed(executed)).not.toContain('old');
  });

  test('never takes a value that was computed from other random inputs', async () => {
    const path = write(`# %%
import random, os
numbers = [random.random() for _ in range(12)]
def double(x):
    if x == numbers[-1] and not os.path.exists("go.txt"):
        raise RuntimeError("not yet")
    return x * 2
# %% map
doubles = [double(x) for x in numbers]
# %%
print(all(d == 2 * n for d, n in zip(doubles, numbers)))
`);
    expect((await place.run(['run', path, '--workers', '2'])).code).toBe(1);
    writeFileSync(join(place.folder, 'go.txt'), '');
    const retry = await place.run(['runs', 'retry', 'latest', '--json']);
    expect(retry, retry.stderr).toMatchObject({ code: 0 });
    const { run, executed } = JSON.parse(retry.stdout) as { run: string; executed: string };
    expect(printed(executed)).toBe('True\n');
    const reused = (await eventsOf(run)).filter((event) => event.type === 'task.finished' && event.cached);
    expect(reused).toEqual([]);
  });
});

/** From the record's events, asked of the service. */
async function eventsOf(run: string): Promise<RunEvent[]> {
  const { socket, token } = serviceAddress();
  const text = await new Promise<string>((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    request({ socketPath: socket, path: `/v1/runs/${run}/events`, headers }, (answer) => {
      let all = '';
      answer.setEncoding('utf8').on('data', (part: string) => (all += part));
      answer.on('end', () => resolve(all));
    })
      .on('error', reject)
      .end();
  });
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
}
