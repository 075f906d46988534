import {
  NO_TAGS,
  type CellFacts,
  type CellPlan,
  type Compiled,
  type Edge,
  type Task,
} from '@cellfarm/protocol';
import { describe, expect, it } from 'vitest';
import { expandGraph } from '@cellfarm/scheduler';
import { id } from './scenario.js';

interface Cell {
  away?: boolean;
  reads?: string[];
  writes?: string[];
  mutates?: string[];
  effects?: CellFacts['effects'];
  barrier?: boolean;
  status?: CellFacts['status'];
  role?: Task['role'];
  resources?: Task['resources'];
}

function compiled(cells: Cell[], edges: [from: string, to: string][] = []): Compiled {
  const facts = cells.map((cell, index): CellFacts => ({
    index,
    id: `cell-${index}` as CellFacts['id'],
    status: cell.status ?? 'ok',
    reads: cell.reads ?? [],
    writes: cell.writes ?? [],
    mutates: cell.mutates ?? [],
    imports: [],
    effects: cell.effects ?? [],
    barrier: cell.barrier ?? false,
  }));
  const tasks = cells.map((cell, index): Task => ({
    id: id(`c${index}`),
    cells: [index],
    skeleton: 'single',
    place: cell.away === true ? 'away' : 'home',
    role: cell.role ?? 'auto',
    target: NO_TAGS.target,
    resources: cell.resources ?? {},
    over: null,
  }));
  const plans = cells.map((cell, index): CellPlan => ({
    cell: index,
    task: id(`c${index}`),
    loops: [],
    ship: cell.away === true ? { inputs: cell.reads ?? [], outputs: cell.writes ?? [] } : null,
    trains: false,
  }));
  return {
    graph: {
      schema: 1,
      notebook: { path: 'n.ipynb', digest: '0'.repeat(64) as never },
      cells: facts,
      tasks,
      edges: edges.map(([from, to]): Edge => ({
        from: id(from),
        to: id(to),
        kind: 'region',
        names: [],
        confidence: 'proved',
        reasons: [],
      })),
      loops: [],
      diagnostics: [],
    },
    plans,
  };
}

const needsOf = (cells: Cell[], edges: [string, string][] = []) =>
  Object.fromEntries(expandGraph(compiled(cells, edges)).map((task) => [task.id, task.needs]));

const AWAY: Cell = { away: true, reads: ['x'], writes: ['y'] };

describe('the tasks of a run', () => {
  it('cells at home form a chain in document order', () => {
    expect(needsOf([{}, {}, {}])).toEqual({ c0: [], c1: ['c0'], c2: ['c1'] });
  });

  it('a cell that leaves is shipped, run and bound', () => {
    const tasks = expandGraph(compiled([{ writes: ['x'] }, AWAY]));
    expect(tasks.map(({ id, lane, order, needs }) => [id, lane, order, needs])).toEqual([
      ['c0', 'home', 0, []],
      ['c1.ship', 'home', 1, ['c0']],
      ['c1', 'away', 1, ['c1.ship']],
      ['c1.bind', 'home', 1, ['c1']],
    ]);
  });

  it.each<{ name: string; cell: Cell; waits: boolean }>([
    { name: 'has nothing to do with it', cell: { reads: ['a'], writes: ['b'] }, waits: false },
    { name: 'reads an input of it', cell: { reads: ['x'] }, waits: false },
    { name: 'reads an output', cell: { reads: ['y'] }, waits: true },
    { name: 'writes an output', cell: { writes: ['y'] }, waits: true },
    { name: 'changes an output', cell: { mutates: ['y'] }, waits: true },
    { name: 'changes an input, which home may need to play it', cell: { mutates: ['x'] }, waits: true },
    { name: 'binds an input anew', cell: { writes: ['x'] }, waits: true },
    { name: 'displays', cell: { effects: ['display'] }, waits: false },
    { name: 'reads files', cell: { effects: ['io'] }, waits: true },
    { name: 'draws random numbers', cell: { effects: ['rng'] }, waits: true },
    { name: 'is a barrier', cell: { barrier: true }, waits: true },
    { name: 'is not understood', cell: { status: 'opaque' }, waits: true },
  ])('a later cell that $name waits for the bind: $waits', ({ cell, waits }) => {
    expect(needsOf([{ writes: ['x'] }, AWAY, cell])['c2']).toEqual(waits ? ['c0', 'c1.bind'] : ['c0']);
  });

  it('what travels with a cell counts too, beside what it names', () => {
    const { graph, plans } = compiled([AWAY, { reads: ['twin'] }]);
    const shared = plans.map((plan) =>
      plan.ship === null ? plan : { ...plan, ship: { inputs: [], outputs: ['twin'] } },
    );
    expect(expandGraph({ graph, plans: shared }).at(-1)?.needs).toEqual(['c0.bind']);
  });

  it('an edge of the graph counts where the names do not tell', () => {
    expect(needsOf([AWAY, { mutates: ['alias'] }], [['c0', 'c1']])['c1']).toEqual(['c0.bind']);
  });

  it('everything later waits for an away cell that acts outside the namespace', () => {
    expect(needsOf([{ ...AWAY, effects: ['io'] }, {}])['c1']).toEqual(['c0.bind']);
  });

  it('what leaves later is shipped when its own inputs are bound, independent ones at once', () => {
    const needs = needsOf([
      AWAY,
      { away: true, reads: ['y'], writes: ['z'] },
      { away: true, reads: ['a'], writes: ['b'] },
    ]);
    expect(needs['c1.ship']).toEqual(['c0.bind']);
    expect(needs['c2.ship']).toEqual([]);
  });

  it('skipped cells have no task', () => {
    expect(needsOf([{}, { role: 'skip' }, { status: 'skipped' }, {}])).toEqual({ c0: [], c3: ['c0'] });
  });

  it('time-out and retries are those of the cell, not of its ship and bind', () => {
    const tasks = expandGraph(compiled([{ ...AWAY, resources: { timeout: '2s', retries: 3, gpus: 1 } }]));
    expect(tasks.map(({ id, timeoutMs, userRetries }) => [id, timeoutMs, userRetries])).toEqual([
      ['c0.ship', null, 0],
      ['c0', 2000, 3],
      ['c0.bind', null, 0],
    ]);
  });
});
