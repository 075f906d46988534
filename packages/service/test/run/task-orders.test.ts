// What is ordered about single tasks, and retries of whole runs: over real sockets with scripted processes.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { FRAME, STATUS, frameMeta } from '@cellfarm/protocol';
import type { Frame, RunEvent } from '@cellfarm/protocol';
import { playSimply, sendResult, startFarm } from './fake-farm.js';
import type { FakeProcess, Farm, Script } from './fake-farm.js';
import { CELLS, SQUARES, mapScript, ofType, shardsIn, square, texts } from './map-script.js';
import type { Range } from './map-script.js';

let farm: Farm;
afterEach(() => farm.stop());

/** Resolves when it was called. */
function signal(): { readonly called: Promise<void>; call(): void } {
  let call = (): void => undefined;
  const called = new Promise<void>((resolve) => (call = resolve));
  return { called, call: () => call() };
}

const refusal = (answer: { json: unknown }): unknown => answer.json;

/** Computes the elements below `from`, and says when it was asked for the others. */
function hangFrom(from: number, hanging: { call(): void }) {
  return (worker: FakeProcess, task: Frame, range: Range): void => {
    if (range[0] < from) square(worker, task, range);
    else setTimeout(() => hanging.call(), 50);
  };
}

describe.each(['fork', 'ship'] as const)('a map by %s', (way) => {
  test('that is cancelled comes home: what is done stays, home does the rest, and the run goes on', async () => {
    const hanging = signal();
    const script = mapScript({ way, compute: hangFrom(3, hanging) });
    farm = await startFarm(script);
    const run = await farm.start(CELLS);
    await hanging.called;
    expect((await farm.call('POST', `/v1/runs/${run}/tasks/c1.m0/cancel`, {})).status).toBe(202);
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(ofType(events, 'task.cancelling')).toMatchObject([{ task: 'c1.m0' }]);
    expect(ofType(events, 'map.closed')).toMatchObject([
      { homeFrom: 3, reason: 'it was cancelled: home computes the rest' },
    ]);
    expect(texts(script.values[0]).slice(0, 3)).toEqual(SQUARES.slice(0, 3));
    const failed = ofType(events, 'task.failed');
    expect(failed.length).toBeGreaterThan(0);
    for (const event of failed) expect(event).toMatchObject({ recovered: true, error: { code: 'C4012' } });
    expect(farm.processes.filter(({ ticket, isDead }) => ticket.part !== 'home' && !isDead)).toEqual([]);
  });

  test('that was cancelled does not leave again when another home or service plays its cell', async () => {
    const hanging = signal();
    let killed = false;
    const script = mapScript({ way, compute: hangFrom(3, hanging) });
    const frame: Script['frame'] = (process, received) => {
      if (received.type === FRAME.value && received.status === STATUS.lost && !killed) {
        killed = true;
        process.die();
      } else void script.frame(process, received);
    };
    farm = await startFarm({ ...script, frame });
    const run = await farm.start(CELLS);
    await hanging.called;
    await farm.call('POST', `/v1/runs/${run}/tasks/c1.m0/cancel`, {});
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(ofType(events, 'map.opened')[1]).toMatchObject({ shards: 3, reused: 3 });
    const again = ofType(events, 'cell.replayed')[0]?.seq ?? Infinity;
    expect(shardsIn(ofType(events, 'task.started')).filter(({ seq }) => seq > again)).toEqual([]);
  });

  test('has the attempt of one shard ended: it is tried again and nothing else is', async () => {
    const hanging = signal();
    let hung = false;
    const script = mapScript({
      way,
      compute: (worker, task, range) => {
        if (range[0] === 4 && !hung) {
          hung = true;
          hanging.call();
        } else square(worker, task, range);
      },
    });
    farm = await startFarm(script);
    const run = await farm.start(CELLS);
    await hanging.called;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await farm.call('POST', `/v1/runs/${run}/tasks/c1.m0.0%2F4/retry`, {})).status).toBe(202);
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(texts(script.values[0])).toEqual(SQUARES);
    const started = shardsIn(ofType(events, 'task.started'));
    expect(started.filter(({ task }) => task === 'c1.m0.0/4').map(({ attempt }) => attempt)).toEqual([1, 2]);
  });
});

describe('a task that cannot be cancelled', () => {
  test('is refused with what it is, and a done run with its state', async () => {
    const hanging = signal();
    const script = mapScript({ compute: hangFrom(0, hanging) });
    farm = await startFarm(script);
    const run = await farm.start(CELLS);
    await hanging.called;
    const cancel = async (task: string): Promise<unknown> =>
      refusal(await farm.call('POST', `/v1/runs/${run}/tasks/${encodeURIComponent(task)}/cancel`, {}));
    expect(await cancel('c0')).toMatchObject({
      code: 'C4011',
      message: 'task c0 cannot be cancelled: it is done',
    });
    expect(await cancel('c2')).toMatchObject({ code: 'C4011' });
    expect(await cancel('c9')).toMatchObject({ code: 'C4011' });
    expect(await cancel('c1.m0.0/2')).toMatchObject({ code: 'C4011' });
    expect(await refusal(await farm.call('POST', `/v1/runs/${run}/tasks/c0/retry`, {}))).toMatchObject({
      code: 'C4013',
    });
    expect(await refusal(await farm.call('POST', `/v1/runs/${run}/retry`, {}))).toMatchObject({
      code: 'C4015',
    });
    await farm.call('POST', `/v1/runs/${run}/tasks/c1/cancel`, {});
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'cancelled' });
    expect(await cancel('c1.m0')).toMatchObject({ code: 'C4008' });
  });
});

const AWAY = { source: 'y = x + 1\nprint("away")', metadata: { cellfarm: { target: 'docker' } } };

/** A worker that never ends a cell, and a home that plays what comes home. */
function hangingCell(asked: { call(): void }): Script {
  return {
    frame: (process, frame) => {
      const meta = frameMeta(frame) as { task: string };
      if (frame.type === FRAME.ship) {
        process.send({ type: FRAME.shipped, meta: { task: meta.task, refused: null, object: null } });
      } else if (frame.type === FRAME.bind) process.send({ type: FRAME.bound, meta: { task: meta.task } });
      else if (frame.type === FRAME.runCell) asked.call();
      else playSimply(process, frame);
    },
  };
}

describe('a cell that is away', () => {
  test('comes home when it is cancelled: home plays it, and the run goes on', async () => {
    const asked = signal();
    farm = await startFarm(hangingCell(asked));
    const run = await farm.start(['x = 1', AWAY, 'print("end")\nz = y']);
    await asked.called;
    expect((await farm.call('POST', `/v1/runs/${run}/tasks/c1/cancel`, {})).status).toBe(202);
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(ofType(events, 'task.failed')).toMatchObject([
      { task: 'c1', recovered: true, error: { code: 'C4012' } },
    ]);
    const shown = ofType(events, 'cell.output').map(({ output }) => output.content['text']);
    expect(shown).toEqual(['away\n', 'end\n']);
  });

  test('has its attempt ended: another worker runs it', async () => {
    let asked = 0;
    const first = signal();
    const script = hangingCell(first);
    const frame: Script['frame'] = (process, received) => {
      if (received.type === FRAME.runCell && asked++ > 0)
        sendResult(process, received, Buffer.from('outputs'));
      else void script.frame(process, received);
    };
    farm = await startFarm({ frame });
    const run = await farm.start(['x = 1', AWAY, 'z = y']);
    await first.called;
    expect((await farm.call('POST', `/v1/runs/${run}/tasks/c1/retry`, {})).status).toBe(202);
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(ofType(events, 'task.started').filter(({ task }) => task === 'c1')).toMatchObject([
      { attempt: 1 },
      { attempt: 2 },
    ]);
  });
});

describe('a retry', () => {
  /** Plays a run that is cancelled when three of its six elements are there, then retries it. */
  async function retried(
    options: { inputs?: () => string; answer?: typeof square },
    between: () => void = () => undefined,
  ): Promise<{ events: RunEvent[]; values: string[]; computed: number[]; first: string; second: string }> {
    const hanging = signal();
    let again = false;
    const computed: number[] = [];
    const compute = (worker: FakeProcess, task: Frame, range: Range): void => {
      if (again) computed.push(range[0]);
      if (!again && range[0] >= 3) setTimeout(() => hanging.call(), 50);
      else (options.answer ?? square)(worker, task, range);
    };
    const scripts = [0, 1].map(() =>
      mapScript({ compute, ...(options.inputs ? { inputs: options.inputs() } : {}) }),
    );
    farm = await startFarm({ frame: (...all) => scripts[again ? 1 : 0]?.frame(...all) });
    const first = await farm.start(CELLS);
    await hanging.called;
    await farm.call('POST', `/v1/runs/${first}/cancel`, {});
    await farm.events(first);
    between();
    again = true;
    const accepted = await farm.call('POST', `/v1/runs/${first}/retry`, { startedBy: 'ada' });
    expect(accepted.status).toBe(202);
    const second = (accepted.json as { run: string }).run;
    const events = await farm.events(second);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    return { events, values: texts(scripts[1]?.values.at(-1)), computed: computed.sort(), first, second };
  }

  test('is a new run that takes over what was committed for equal inputs', async () => {
    const { events, values, computed, first, second } = await retried({});
    expect(second).not.toBe(first);
    expect(values).toEqual(SQUARES);
    expect(computed).toEqual([3, 4, 5]);
    expect(ofType(events, 'map.opened')).toMatchObject([{ reused: 3 }]);
    expect((await farm.call('GET', '/v1/runs')).json).toMatchObject([
      { run: second, retryOf: first, startedBy: 'ada' },
      { run: first, retryOf: null },
    ]);
  });

  test('computes everything anew where inputs differ', async () => {
    let digest = 0;
    const { computed } = await retried({ inputs: () => String((digest += 1)).repeat(64) });
    expect(computed).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('computes anew what read a file that has changed since, and what read too many to tell', async () => {
    const path = (start: number): string => join(farm.home, 'data', `${start}.csv`);
    const answer = (worker: FakeProcess, task: Frame, [start]: Range): void => {
      mkdirSync(join(farm.home, 'data'), { recursive: true });
      if (start < 3) writeFileSync(path(start), 'first');
      const status = start < 3 ? statSync(path(start), { bigint: true }) : null;
      const stamp = status ? `${status.size}-${status.mtimeNs}` : 'absent';
      const files = start === 2 ? null : [[path(start), stamp]];
      const meta = { durationsMs: [1], object: null, reason: '', files };
      const payload = Buffer.from(String(start * start));
      worker.send({ type: FRAME.result, task: task.task, attempt: task.attempt, meta, payload });
    };
    const { computed, values } = await retried({ answer }, () => writeFileSync(path(1), 'second'));
    expect(computed).toEqual([1, 2, 3, 4, 5]);
    expect(values).toEqual(SQUARES);
  });
});
