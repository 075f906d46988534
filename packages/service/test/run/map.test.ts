// Maps over real sockets with scripted processes: shards are handed out, committed once and forwarded; losses, refusals and restarts.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { FRAME, STATUS } from '@cellfarm/protocol';
import type { Frame } from '@cellfarm/protocol';
import { sendResult, startFarm } from './fake-farm.js';
import type { FakeProcess, Farm } from './fake-farm.js';
import { CELLS, SQUARES, mapScript, ofType, shardsIn, square, texts } from './map-script.js';
import type { Range } from './map-script.js';

let farm: Farm;
afterEach(() => farm.stop());

/** One result for shards in a row; each took as many ms as its first element. */
function sendRow(worker: FakeProcess, task: Frame, row: readonly Range[]): void {
  const durationsMs = row.map(([start]) => start);
  const payload = Buffer.from(row.map(([start]) => start * start).join(' '));
  const meta = { durationsMs, object: null, reason: '' };
  worker.send({ type: FRAME.result, task: task.task, attempt: task.attempt, meta, payload });
}

const objectFile = ({ home }: Farm, start: number): string =>
  join(home, 'objects', String(start).repeat(2), String(start).repeat(64));

describe.each(['fork', 'ship'] as const)('a map by %s', (way) => {
  test('is shared out among the slots, and home receives every element once', async () => {
    const script = mapScript({ way, compute: square });
    farm = await startFarm(script);
    const events = await farm.events(await farm.start(CELLS));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(ofType(events, 'map.opened')).toMatchObject([
      { task: 'c1.m0', count: 6, shards: 6, way, reused: 0 },
    ]);
    expect(texts(script.values[0])).toEqual(SQUARES);
    const finished = shardsIn(ofType(events, 'task.finished'));
    expect(finished.map((event) => event.task).sort()).toEqual(
      [0, 1, 2, 3, 4, 5].map((index) => `c1.m0.0/${index}`),
    );
    expect(new Set(finished.map((event) => event.worker)).size).toBe(2);
    expect(shardsIn(ofType(events, 'task.started'))).toHaveLength(6);
    const closed = ofType(events, 'map.closed')[0]?.seq ?? 0;
    expect(Math.max(...finished.map((event) => event.seq))).toBeLessThan(closed);
  });

  test('whose shard raised is closed from there on, and the rest is withdrawn', async () => {
    const script = mapScript({
      way,
      compute: (worker, task, range) => {
        if (range[0] === 2) sendResult(worker, task, Buffer.alloc(0), STATUS.raised, 'ValueError: two');
        else if (range[0] < 2) square(worker, task, range);
      },
    });
    farm = await startFarm(script);
    const events = await farm.events(await farm.start(CELLS));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(ofType(events, 'map.closed')).toMatchObject([{ homeFrom: 2, reason: 'raised' }]);
    expect(ofType(events, 'task.failed')).toMatchObject([
      { task: 'c1.m0.0/2', recovered: true, error: { code: 'C4001' } },
    ]);
  });

  test('loses nothing when a process dies: its shard is computed again, in another epoch', async () => {
    let deaths = 0;
    const script = mapScript({
      way,
      compute: (worker, task, range) => {
        if (range[0] === 1 && deaths++ === 0) worker.die();
        else square(worker, task, range);
      },
    });
    farm = await startFarm(script);
    const events = await farm.events(await farm.start(CELLS));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(texts(script.values[0])).toEqual(SQUARES);
    expect(ofType(events, 'process.lost')).toHaveLength(1);
    expect(
      ofType(events, 'task.started')
        .filter(({ task }) => task === 'c1.m0.0/1')
        .map(({ attempt }) => attempt),
    ).toEqual([1, 2]);
    const finished = shardsIn(ofType(events, 'task.finished')).map((event) => event.task);
    expect(new Set(finished).size).toBe(finished.length);
  });

  test('gives a shard that ends three processes to home', async () => {
    const script = mapScript({
      way,
      compute: (worker, task, range) => {
        if (range[0] === 3) worker.die();
        else square(worker, task, range);
      },
    });
    farm = await startFarm(script);
    const events = await farm.events(await farm.start(CELLS));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(ofType(events, 'process.lost')).toHaveLength(3);
    expect(ofType(events, 'map.closed')).toMatchObject([{ homeFrom: 3 }]);
  });

  test('does not do committed work again for another home', async () => {
    let killed = false;
    const computed: number[] = [];
    const script = mapScript({
      way,
      compute: (worker, task, range) => {
        computed.push(range[0]);
        square(worker, task, range);
      },
      onValue: (home) => {
        if (!killed) home.die();
        killed = true;
      },
    });
    farm = await startFarm(script);
    const events = await farm.events(await farm.start(CELLS));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(texts(script.values.at(-1))).toEqual(SQUARES);
    const opened = ofType(events, 'map.opened');
    expect(opened).toHaveLength(2);
    expect(opened[1]?.reused).toBeGreaterThan(0);
    const byTask = shardsIn(ofType(events, 'task.finished')).filter((event) => !event.cached);
    expect(new Set(byTask.map((event) => event.task)).size).toBe(byTask.length);
    expect(ofType(events, 'cell.replayed').map((event) => event.cell)).toEqual([0, 1]);
  });

  test('does not do committed work again for another service', async () => {
    let hanging: (() => void) | null = null;
    let restarted = false;
    const reached = new Promise<void>((resolve) => (hanging = resolve));
    const script = mapScript({
      way,
      compute: (worker, task, range) => {
        if (range[0] < 3 || restarted) square(worker, task, range);
        else setTimeout(() => hanging?.(), 50);
      },
    });
    farm = await startFarm(script);
    const run = await farm.start(CELLS);
    await reached;
    restarted = true;
    await farm.restart();
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(events.map((event) => event.seq)).toEqual(events.map((_event, index) => index + 1));
    expect(ofType(events, 'run.resumed')).toHaveLength(1);
    expect(ofType(events, 'map.opened')[1]?.reused).toBe(3);
    expect(texts(script.values.at(-1))).toEqual(SQUARES);
    const done = shardsIn(ofType(events, 'task.finished')).filter((event) => !event.cached);
    expect(done).toHaveLength(6);
  });
});

describe('a result', () => {
  test('whose object was lost between two services is taken back and computed again', async () => {
    const computed: number[] = [];
    let hanging: (() => void) | null = null;
    let restarted = false;
    const reached = new Promise<void>((resolve) => (hanging = resolve));
    const script = mapScript({
      compute: (worker, task, range) => {
        const [start] = range;
        if (start >= 3 && !restarted) {
          setTimeout(() => hanging?.(), 50);
          return;
        }
        computed.push(start);
        const id = String(start).repeat(64);
        mkdirSync(join(farm.home, 'objects', id.slice(0, 2)), { recursive: true });
        writeFileSync(objectFile(farm, start), 'a large value');
        const meta = { durationsMs: [1], object: { id, size: 13 }, reason: '' };
        worker.send({ type: FRAME.result, task: task.task, attempt: task.attempt, meta });
      },
    });
    farm = await startFarm(script);
    const run = await farm.start(CELLS);
    await reached;
    restarted = true;
    rmSync(objectFile(farm, 1));
    await farm.restart();
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(ofType(events, 'map.opened')[1]?.reused).toBe(2);
    expect(computed.sort()).toEqual([0, 1, 1, 2, 3, 4, 5]);
    expect(ofType(events, 'task.failed')).toEqual([]);
    expect(ofType(events, 'map.closed').at(-1)).toMatchObject({ homeFrom: null });
  });

  test('of a stale epoch is refused, and the shard waits for the right one', async () => {
    const script = mapScript({
      compute: (worker, task, range) => {
        const meta = { durationsMs: [1], object: null, reason: '' };
        const wrong = {
          type: FRAME.result,
          status: STATUS.ok,
          task: task.task,
          attempt: task.attempt,
          meta,
        } as const;
        worker.send({ ...wrong, epoch: worker.ticket.epoch - 1, payload: Buffer.from('stale') });
        worker.send({ ...wrong, epoch: worker.ticket.epoch + 1, payload: Buffer.from('future') });
        worker.send({ ...wrong, task: task.task + 1000, payload: Buffer.from('nobody') });
        square(worker, task, range);
      },
    });
    farm = await startFarm(script);
    const events = await farm.events(await farm.start(CELLS));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(texts(script.values[0])).toEqual(SQUARES);
  });

  test('may answer for all shards of a frame: it is committed once, and each shard is done', async () => {
    const rows: number[] = [];
    const script = mapScript({
      computeRow: (worker, task, row) => {
        rows.push(row.length);
        sendRow(worker, task, row);
      },
    });
    farm = await startFarm(script);
    const run = await farm.start(CELLS, { workers: 1, elementsPerShard: 1 });
    const events = await farm.events(run);
    expect(Math.max(...rows)).toBeGreaterThan(1);
    expect(texts(script.values[0])).toEqual(SQUARES);
    const done = shardsIn(ofType(events, 'task.finished'));
    expect(done.map(({ task }) => task.split('/')[1])).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(done.map(({ durationMs }) => durationMs)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('that answers for a shard which its slot was not given is refused as a whole', async () => {
    const script = mapScript({
      computeRow: (worker, task, row) => {
        sendRow(worker, task, [...row, [6, 7]]);
        sendRow(worker, task, row);
      },
    });
    farm = await startFarm(script);
    const events = await farm.events(await farm.start(CELLS));
    expect(texts(script.values[0])).toEqual(SQUARES);
    expect(shardsIn(ofType(events, 'task.finished'))).toHaveLength(6);
  });

  test('that comes twice is committed once', async () => {
    const script = mapScript({
      compute: (worker, task, range) => {
        square(worker, task, range);
        sendResult(worker, task, Buffer.from('twice'));
      },
    });
    farm = await startFarm(script);
    const events = await farm.events(await farm.start(CELLS));
    expect(texts(script.values[0])).toEqual(SQUARES);
    expect(shardsIn(ofType(events, 'task.finished'))).toHaveLength(6);
  });

  test('without a digest of its inputs is never reused', async () => {
    let killed = false;
    const script = mapScript({
      inputs: null,
      compute: square,
      onValue: (home, index) => {
        if (!killed && index === 0) {
          killed = true;
          home.die();
        }
      },
    });
    farm = await startFarm(script);
    const events = await farm.events(await farm.start(CELLS));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(ofType(events, 'map.opened').map((event) => event.reused)).toEqual([0, 0]);
  });
});
