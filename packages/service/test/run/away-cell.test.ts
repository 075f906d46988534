// Cells that leave home as a whole: inputs shipped, run by a worker, outputs bound at home; and what happens when one of these fails.
import { afterEach, describe, expect, test } from 'vitest';
import { FRAME, STATUS, frameMeta } from '@cellfarm/protocol';
import type { Frame, RunEvent } from '@cellfarm/protocol';
import { playSimply, sendResult, startFarm } from './fake-farm.js';
import type { FakeProcess, Farm, Script } from './fake-farm.js';

let farm: Farm;
afterEach(() => farm.stop());

const AWAY = { source: 'y = x + 1\nprint("away")', metadata: { cellfarm: { target: 'docker' } } };
const CELLS = ['x = 1', AWAY, 'print("end")\nz = y'];

interface AwayOptions {
  refuse?: string;
  run?: (worker: FakeProcess, frame: Frame, meta: RunCell) => void;
}
interface RunCell {
  task: string;
  cell: number;
  outputs: string[];
  executionCount: number;
}

function script(options: AwayOptions, bound: string[] = []): Script {
  const run =
    options.run ??
    ((worker: FakeProcess, frame: Frame, { cell }: RunCell): void => {
      const content = { name: 'stdout', text: `got ${Buffer.from(frame.payload).toString()}\n` };
      worker.send({ type: FRAME.output, meta: { cell, type: 'stream', content } });
      sendResult(worker, frame, Buffer.from('outputs'));
    });
  return {
    frame: (process, frame) => {
      const meta = frameMeta(frame) as RunCell;
      if (frame.type === FRAME.ship) {
        const refused = options.refuse ?? null;
        const payload = Buffer.from(refused === null ? 'inputs' : '');
        process.send({ type: FRAME.shipped, meta: { task: meta.task, refused, object: null }, payload });
      } else if (frame.type === FRAME.bind) {
        bound.push(Buffer.from(frame.payload).toString());
        process.send({ type: FRAME.bound, meta: { task: meta.task } });
      } else if (frame.type === FRAME.runCell) run(process, frame, meta);
      else playSimply(process, frame);
    },
  };
}

function outputsOf(events: readonly RunEvent[], cell: number): string[] {
  const outputs: string[] = [];
  for (const event of events) {
    if (event.type === 'cell.replayed' && event.cell === cell) outputs.length = 0;
    if (event.type === 'cell.output' && event.cell === cell)
      outputs.push(
        event.output.type === 'stream' ? (event.output.content['text'] as string) : event.output.type,
      );
  }
  return outputs;
}

describe('a cell that leaves', () => {
  test('is run by a worker with what home shipped, and home binds what it brought', async () => {
    const bound: string[] = [];
    farm = await startFarm(script({}, bound));
    const events = await farm.events(await farm.start(CELLS));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(outputsOf(events, 1)).toEqual(['got inputs\n']);
    expect(bound).toEqual(['outputs']);
    const worker = farm.processes.find((process) => process.ticket.part === 'worker');
    const asked = worker?.seen.find((frame) => frame.type === FRAME.runCell);
    expect(asked && frameMeta(asked)).toMatchObject({
      task: 'c1',
      cell: 1,
      outputs: ['y'],
      executionCount: 2,
    });
    expect(worker?.ticket.target).toBe('docker');
    const finished = events.filter((event) => event.type === 'task.finished').map((event) => event.task);
    expect(finished).toEqual(['c0', 'c1.ship', 'c1', 'c1.bind', 'c2']);
  });

  test('whose inputs cannot be shipped is played at home, with a note', async () => {
    const bound: string[] = [];
    farm = await startFarm(script({ refuse: 'x is an open file' }, bound));
    const events = await farm.events(await farm.start(CELLS));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(outputsOf(events, 1)).toEqual(['away\n']);
    expect(bound).toEqual([]);
    const note = {
      type: 'run.note',
      code: 'cell-stays-home',
      cell: 1,
      text: expect.stringContaining('open file') as string,
    };
    expect(events).toContainEqual(expect.objectContaining(note));
  });

  test('whose outputs cannot be shipped is played at home instead, and shows only that', async () => {
    const bound: string[] = [];
    const run = (worker: FakeProcess, frame: Frame, { cell }: RunCell): void => {
      worker.send({
        type: FRAME.output,
        meta: { cell, type: 'stream', content: { name: 'stdout', text: 'void\n' } },
      });
      sendResult(worker, frame, Buffer.alloc(0), STATUS.unshippable, 'y is a generator');
    };
    farm = await startFarm(script({ run }, bound));
    const events = await farm.events(await farm.start(CELLS));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(outputsOf(events, 1)).toEqual(['away\n']);
    expect(bound).toEqual([]);
  });

  test('that raises ends the run at its place with its error', async () => {
    const run = (worker: FakeProcess, frame: Frame, { cell }: RunCell): void => {
      const traceback = ['\u001b[36mCell\u001b[39m In[2], line 2\n', 'File x.py, line 7'];
      const content = { ename: 'ValueError', evalue: 'away: bad', traceback };
      worker.send({ type: FRAME.output, meta: { cell, type: 'error', content } });
      sendResult(worker, frame, Buffer.alloc(0), STATUS.raised, 'ValueError: away: bad');
    };
    farm = await startFarm(script({ run }));
    const events = await farm.events(await farm.start(CELLS));
    const error = { code: 'C4001', message: 'ValueError: away: bad', cell: 1, line: 2 };
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'raised', error });
    expect(events.some((event) => event.type === 'cell.started' && event.cell === 2)).toBe(false);
  });

  test('is run again when its worker dies', async () => {
    let deaths = 0;
    const run = (worker: FakeProcess, frame: Frame): void => {
      if (deaths++ === 0) worker.die();
      else sendResult(worker, frame, Buffer.from('second'));
    };
    const bound: string[] = [];
    farm = await startFarm(script({ run }, bound));
    const events = await farm.events(await farm.start(CELLS));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(bound).toEqual(['second']);
    expect(events.filter((event) => event.type === 'task.started' && event.task === 'c1')).toHaveLength(2);
  });

  test('is not run again for another service when its result is committed', async () => {
    const bound: string[] = [];
    let isHanging = true;
    let reached: () => void = () => undefined;
    const hung = new Promise<void>((resolve) => (reached = resolve));
    const inner = script({}, bound);
    farm = await startFarm({
      frame: (process, frame) => {
        if (isHanging && frame.type === FRAME.bind) reached();
        else return inner.frame(process, frame);
      },
    });
    const run = await farm.start(CELLS);
    await hung;
    isHanging = false;
    await farm.restart();
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(events.filter((event) => event.type === 'task.started' && event.task === 'c1')).toHaveLength(1);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'task.finished', task: 'c1', cached: true }),
    );
    expect(outputsOf(events, 1)).toEqual(['got inputs\n']);
    expect(bound).toEqual(['outputs']);
  });
});
