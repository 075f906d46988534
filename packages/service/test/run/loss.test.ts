// What survives what: homes that die, services that die, words that come too late or are not ours; and that nothing is seen before it is
// on disk, and no secret is kept.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FRAME, frameMeta } from '@cellfarm/protocol';
import type { PlayMeta, RunEvent } from '@cellfarm/protocol';
import { openRunJournal } from '../../src/journal/sqlite-run-journal.js';
import { playSimply, startFarm } from './fake-farm.js';
import type { FakeProcess, Farm } from './fake-farm.js';

let farm: Farm;
afterEach(() => farm.stop());

function eventRows(home: string): number {
  const db = new DatabaseSync(join(home, 'journal.db'), { readOnly: true });
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%event%'")
    .all();
  const name = String(tables[0]?.['name']);
  const { count } = db.prepare(`SELECT count(*) AS count FROM ${name}`).get() as { count: number };
  db.close();
  return count;
}

const types = (events: readonly RunEvent[]): string[] => events.map((event) => event.type);

describe('home', () => {
  test('that dies is replaced, and the cells are played again from the first', async () => {
    let deaths = 0;
    farm = await startFarm({
      frame: (home, frame) => {
        const isThird = frame.type === FRAME.play && (frameMeta(frame) as PlayMeta).cell === 2;
        if (isThird && deaths++ === 0) home.die();
        else playSimply(home, frame);
      },
    });
    const run = await farm.start(['print("a")', 'print("b")', 'print("c")']);
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(events.filter((event) => event.type === 'cell.replayed').map((event) => event.cell)).toEqual([
      0, 1, 2,
    ]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'process.lost', worker: 'home' }));
    const executed = JSON.parse((await farm.call('GET', `/v1/runs/${run}/notebook`)).text) as {
      cells: { outputs: unknown[] }[];
    };
    expect(executed.cells.map((cell) => cell.outputs.length)).toEqual([1, 1, 1]);
  });

  test('that the same cell ends three times fails the run and says which cell', async () => {
    farm = await startFarm({
      frame: (home, frame) => {
        if (frame.type === FRAME.play && (frameMeta(frame) as PlayMeta).cell === 1) home.die();
        else playSimply(home, frame);
      },
    });
    const events = await farm.events(await farm.start(['x = 1', 'kill = 1']));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'failed', error: { code: 'C4003' } });
    expect(JSON.stringify(events.at(-1))).toContain('c1');
  });

  test('that does not say hello as its ticket wants is refused, and another is started', async () => {
    let starts = 0;
    farm = await startFarm({
      start: (home) => home.hello(starts++ === 0 ? 'another nonce of somebody' : undefined),
      frame: (home, frame) => void playSimply(home, frame),
    });
    const events = await farm.events(await farm.start(['print("a")']));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(events.filter((event) => event.type === 'process.started')).toHaveLength(1);
    expect(starts).toBe(2);
  });

  test('that sends what is no frame is given up, and the run goes on in another', async () => {
    let noise = 0;
    farm = await startFarm({
      frame: (home, frame) => {
        if (frame.type === FRAME.play && noise++ === 0)
          home.send({ type: FRAME.played, meta: Buffer.from('{"task":') });
        else playSimply(home, frame);
      },
    });
    const events = await farm.events(await farm.start(['print("a")']));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(events.filter((event) => event.type === 'process.lost')).toHaveLength(1);
  });
});

describe('a cell with a time of its own', () => {
  const slow = {
    source: 'slow = 1',
    metadata: { cellfarm: { resources: { timeout: '100ms', retries: 1 } } },
  };

  test('that takes longer is tried as often as it says, then fails the run', async () => {
    farm = await startFarm({ frame: () => undefined });
    const events = await farm.events(await farm.start([slow]));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'failed', error: { code: 'C4004' } });
    expect(types(events).filter((type) => type === 'cell.started')).toHaveLength(2);
    const lost = events.find((event) => event.type === 'process.lost');
    expect(lost).toMatchObject({ worker: 'home', reason: expect.stringContaining('longer') as string });
  });

  test('that is quick enough the second time is done', async () => {
    let tries = 0;
    farm = await startFarm({
      frame: (home, frame) => {
        if (frame.type !== FRAME.play || tries++ > 0) playSimply(home, frame);
      },
    });
    const events = await farm.events(await farm.start([slow]));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(events.filter((event) => event.type === 'task.failed')).toMatchObject([
      { task: 'c0', recovered: true },
    ]);
  });
});

describe('the journal', () => {
  test('has every event before the process that it concerns hears of it', async () => {
    const seen: { frame: number; rows: number }[] = [];
    farm = await startFarm({
      frame: (home, frame) => {
        seen.push({ frame: frame.type, rows: eventRows(farm.home) });
        playSimply(home, frame);
      },
    });
    const run = await farm.start(['print("a")', 'print("b")']);
    const events = await farm.events(run);
    const started = events.filter((event) => event.type === 'cell.started');
    const plays = seen.filter(({ frame }) => frame === FRAME.play);
    expect(plays).toHaveLength(2);
    plays.forEach(({ rows }, index) => expect(rows).toBeGreaterThanOrEqual(started[index]?.seq ?? Infinity));
  });

  test('has the run before it is accepted', async () => {
    farm = await startFarm({ frame: () => undefined });
    await farm.start(['x = 1']);
    expect(eventRows(farm.home)).toBeGreaterThan(0);
  });
});

describe('another service', () => {
  test('goes on with a run that was left, without a gap in its events', async () => {
    let isHanging = true;
    let reached: () => void = () => undefined;
    const hung = new Promise<void>((resolve) => (reached = resolve));
    farm = await startFarm({
      frame: (home, frame) => {
        if (isHanging && frame.type === FRAME.play && (frameMeta(frame) as PlayMeta).cell === 1) reached();
        else playSimply(home, frame);
      },
    });
    const run = await farm.start(['print("a")', 'print("b")']);
    await hung;
    isHanging = false;
    await farm.restart();
    const events = await farm.events(run);
    expect(events.map((event) => event.seq)).toEqual(events.map((_event, index) => index + 1));
    expect(types(events)).toContain('run.resumed');
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    const epochs = events.filter((event) => event.type === 'process.started').map((event) => event.epoch);
    expect(epochs[1]).toBeGreaterThan(epochs[0] ?? Infinity);
  });

  test('that takes a run over has it alone: the first one lets go of the home and writes nothing more', async () => {
    let talk = (): void => undefined;
    const playing = new Promise<FakeProcess>((resolve) => {
      const script: Parameters<typeof startFarm>[0] = {
        frame: (home, frame) => {
          if (frame.type !== FRAME.play) return;
          const content = { name: 'stdout', text: 'still here\n' };
          talk = () => home.send({ type: FRAME.output, meta: { cell: 0, type: 'stream', content } });
          resolve(home);
        },
      };
      void startFarm(script).then(async (started) => {
        farm = started;
        await farm.start(['print("a")']);
      });
    });
    const home = await playing;
    const path = join(farm.home, 'journal.db');
    const db = new DatabaseSync(path);
    db.exec("UPDATE run SET owner_birth = 'long ago'"); // as if the first service had died
    db.close();
    const other = openRunJournal({ path, instance: 'other' });
    const run = home.ticket.run;
    expect(other.claim(run)).toBe(true);
    const last = other.lastSeq(run);
    talk();
    await vi.waitFor(() => expect(home.isDead).toBe(true), { timeout: 5_000 });
    expect(other.lastSeq(run)).toBe(last);
    expect(await farm.call('POST', `/v1/runs/${run}/cancel`, {})).toMatchObject({ status: 409 });
    expect(other.find(run)?.owner?.instance).toBe('other');
    other.close();
  });

  test('does not go on with finished runs, unknown ones, or another notebook', async () => {
    farm = await startFarm({ frame: (home, frame) => void playSimply(home, frame) });
    const run = await farm.start(['print("a")']);
    await farm.events(run);
    expect(await farm.call('POST', `/v1/runs/${run}/resume`, {})).toMatchObject({
      status: 409,
      json: { code: 'C4008' },
    });
    const unknown = await farm.call('POST', '/v1/runs/r-0000000000000000/resume', {});
    expect(unknown).toMatchObject({ status: 404, json: { code: 'C4007' } });
    expect((await farm.call('POST', `/v1/runs/${run}/cancel`, {})).json).toMatchObject({ code: 'C4008' });
  });
});

describe('secrets', () => {
  test('are in no file of the home folder but the key, and in no frame to a process', async () => {
    const processes: FakeProcess[] = [];
    farm = await startFarm({
      frame: (home, frame) => {
        processes.push(home);
        playSimply(home, frame);
      },
    });
    const run = await farm.start(['print("a")']);
    await farm.events(run);
    const { token } = farm.service.address;
    const files = await readdir(farm.home, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const bytes = await readFile(join(file.parentPath, file.name));
      expect(bytes.includes(token), file.name).toBe(false);
      for (const process of processes) expect(bytes.includes(process.ticket.nonce), file.name).toBe(false);
    }
    const frames = processes.flatMap((process) =>
      process.seen.map((frame) => Buffer.from(frame.meta).toString()),
    );
    expect(frames.join()).not.toContain(token);
  });
});
