// Whole runs over real sockets with a scripted home: what is played, shown, recorded and how a run ends.
import { afterEach, describe, expect, test } from 'vitest';
import { playSimply, readRunFile, startFarm } from './fake-farm.js';
import type { Farm, Script } from './fake-farm.js';

let farm: Farm;
afterEach(() => farm.stop());

const simple: Script = { frame: (process, frame) => void playSimply(process, frame) };

interface Executed {
  cells: { outputs: unknown[]; execution_count: number | null }[];
}

describe('a run', () => {
  test('plays the cells in order, keeps what they show and writes its record', async () => {
    farm = await startFarm(simple);
    const run = await farm.start(['print("a")', '', 'x = 1', 'print("b")\nprint("c")']);
    const events = await farm.events(run);
    expect(events.map((event) => event.seq)).toEqual(events.map((_event, index) => index + 1));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done', error: null });
    const executed = (await readRunFile(farm, run, 'executed.ipynb')) as Executed;
    expect(executed.cells.map((cell) => cell.execution_count)).toEqual([1, null, 2, 3]);
    expect(executed.cells[3]?.outputs).toEqual([
      { output_type: 'stream', name: 'stdout', text: ['b\n', 'c\n'] },
    ]);
    const record = await readRunFile(farm, run, 'record.json');
    expect(record).toMatchObject({
      run,
      state: 'done',
      cells: [{ cell: 0, state: 'ok' }, { cell: 2 }, { cell: 3 }],
    });
    expect((await farm.call('GET', `/v1/runs/${run}`)).json).toEqual(record);
    expect((await farm.call('GET', '/v1/runs')).json).toMatchObject([{ run, state: 'done' }]);
  });

  test('ends as raised at the first error, keeps the outputs so far and plays nothing later', async () => {
    farm = await startFarm(simple);
    const run = await farm.start(['print("a")', 'raise ValueError("bad")', 'print("never")']);
    const events = await farm.events(run);
    const error = { code: 'C4001', message: 'ValueError: bad', cell: 1, line: 1 };
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'raised', error });
    expect(events.some((event) => event.type === 'cell.started' && event.cell === 2)).toBe(false);
    const executed = (await readRunFile(farm, run, 'executed.ipynb')) as Executed;
    expect(executed.cells[1]?.outputs).toMatchObject([{ output_type: 'error', ename: 'ValueError' }]);
    expect(executed.cells[2]).toMatchObject({ outputs: [], execution_count: null });
  });

  test('goes on after an error in a cell that is tagged to raise', async () => {
    farm = await startFarm(simple);
    const tagged = { source: 'raise ValueError("meant")', metadata: { tags: ['raises-exception'] } };
    const run = await farm.start([tagged, 'print("after")']);
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'cell.finished', cell: 0, state: 'error' }),
    );
    expect(events).toContainEqual(expect.objectContaining({ type: 'cell.finished', cell: 1, state: 'ok' }));
  });

  test('ends well at exit(), and later cells are not played', async () => {
    farm = await startFarm(simple);
    const run = await farm.start(['exit()', 'print("never")']);
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
    expect(events.some((event) => event.type === 'cell.output')).toBe(false);
  });

  test('leaves out cells of role skip', async () => {
    farm = await startFarm(simple);
    const skipped = { source: 'print("never")', metadata: { cellfarm: { role: 'skip' } } };
    const run = await farm.start([skipped, 'print("a")']);
    const events = await farm.events(run);
    expect(events.filter((event) => event.type === 'cell.started')).toMatchObject([
      { cell: 1, executionCount: 1 },
    ]);
  });

  test('digests the final variables when it is asked to, also after an error', async () => {
    farm = await startFarm(simple);
    const run = await farm.start(['raise KeyError("k")'], { inspect: true });
    const events = await farm.events(run);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'run.variables', variables: { x: expect.anything() as unknown } }),
    );
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'raised' });
  });

  test('without any cell is done at once', async () => {
    farm = await startFarm(simple);
    const run = await farm.start([]);
    expect((await farm.events(run)).at(-1)).toMatchObject({ type: 'run.finished', state: 'done' });
  });

  test('is cancelled on request', async () => {
    farm = await startFarm({ frame: () => undefined });
    const run = await farm.start(['wait = 1']);
    await until(() => farm.processes.length > 0);
    expect((await farm.call('POST', `/v1/runs/${run}/cancel`, {})).status).toBe(202);
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({
      type: 'run.finished',
      state: 'cancelled',
      error: { code: 'C4005' },
    });
  });

  test('that takes longer than its time ends as failed', async () => {
    farm = await startFarm({ frame: () => undefined });
    const run = await farm.start(['wait = 1'], { timeoutMs: 50 });
    const events = await farm.events(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', state: 'failed', error: { code: 'C4009' } });
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
