import type { SlotId, TargetName } from '@cellfarm/protocol';
import { describe, expect, it } from 'vitest';
import { awayTask, homeTask, id, Scenario, shards } from './scenario.js';
import { whyWaiting } from '@cellfarm/scheduler';

const mapped = (count: number, options: Parameters<Scenario['open']>[1] = {}) =>
  new Scenario().openWithHome([homeTask('c0', 0)], options).add(...shards('c0.m0.0', count));

describe('slots of the worker pool', () => {
  it('answer for several tasks at once as for one after the other', () => {
    const after = (answer: (run: Scenario) => Scenario) => {
      const run = answer(mapped(12, { durations: { 'c0.m0': 1 } }).opened('w0', 'w1'));
      const inFlight = [...run.state.slots.values()].map((slot) =>
        slot.inFlight.map((task) => task.spec.id).sort(),
      );
      const states = [...run.state.tasks.values()].map((task) => [task.spec.id, task.state]);
      return { inFlight, states, unfinished: run.state.unfinished };
    };
    const one = { task: id('c0.m0.0/0'), durationMs: 1 };
    const other = { task: id('c0.m0.0/2'), durationMs: 1 };
    const inRow = after((run) =>
      run.tell({
        type: 'tasks-succeeded',
        slot: 'w0' as SlotId,
        epoch: run.epoch('w0'),
        tasks: [one, other],
      }),
    );
    const single = after((run) =>
      [one, other].reduce(
        (told, task) =>
          told.tell({ type: 'task-succeeded', slot: 'w0' as SlotId, epoch: run.epoch('w0'), ...task }),
        run,
      ),
    );
    expect(inRow.unfinished).toBe(single.unfinished);
    expect(inRow).toEqual(single);
  });

  it('are opened only when there is work for them, one for each ready task at most', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { workers: 8 });
    expect(run.all.filter((said) => said.type === 'open-slot')).toHaveLength(1);
    run.add(...shards('c0.m0.0', 3));
    expect(run.opens()).toEqual(['w0:fork', 'w1:fork', 'w2:fork']);
    expect(run.said('open-slot')[0]).toMatchObject({ map: 'c0.m0.0', target: 'local', epoch: 1 });
  });

  it('get the first shards in turn, so that the earliest run at once', () => {
    const run = mapped(4);
    expect(run.opened('w0').starts()).toEqual(['c0.m0.0/0@w0']);
    expect(run.opened('w1').starts()).toEqual(['c0.m0.0/1@w1']);
    expect(run.succeed('c0.m0.0/1').starts()).toEqual(['c0.m0.0/2@w1']);
  });

  it('forked ones are closed when no shard of their map is left', () => {
    const run = mapped(2).opened('w0', 'w1').succeed('c0.m0.0/0');
    expect(run.closes()).toEqual([]);
    expect(run.succeed('c0.m0.0/1').closes()).toEqual(['w0:map-closed', 'w1:map-closed']);
  });

  it('of the pool stay open for later maps', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)]);
    run.add(...shards('c0.m0.0', 2, { way: 'process' })).opened('w0', 'w1');
    run.succeed('c0.m0.0/0').succeed('c0.m0.0/1');
    expect(run.closes()).toEqual([]);
    expect(run.add(...shards('c0.m1.0', 2, { way: 'process' })).starts()).toEqual([
      'c0.m1.0/0@w0',
      'c0.m1.0/1@w1',
    ]);
  });

  it('a fork takes the number of an idle process, at a higher epoch', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { workers: 1 });
    run
      .add(...shards('c0.m0.0', 1, { way: 'process' }))
      .opened('w0')
      .succeed('c0.m0.0/0');
    run.add(...shards('c0.m1.0', 2));
    expect(run.closes()).toEqual(['w0:number-needed']);
    expect(run.said('open-slot')).toMatchObject([{ slot: 'w0', way: 'fork', epoch: 2 }]);
  });

  it('a fork waits for the number of a busy process', () => {
    const run = new Scenario().openWithHome(
      [homeTask('c0.ship', 0), awayTask('c0', 0, { needs: ['c0.ship'] }), homeTask('c1', 1)],
      { workers: 1 },
    );
    run
      .succeed('c0.ship')
      .opened('w0')
      .add(...shards('c1.m0.0', 2));
    expect(run.opens()).toEqual([]);
    expect(whyWaiting(run.state, id('c1.m0.0/0'))).toMatchObject({ reason: 'slots-busy' });
    expect(run.succeed('c0').opens()).toEqual(['w0:fork']);
  });

  it('a loss returns all its tasks; another process gets them with a higher attempt', () => {
    const run = mapped(40, { workers: 1, durations: { 'c0.m0': 0.1 } }).opened('w0');
    expect(run.starts()).toHaveLength(14);
    run.lost('w0');
    expect(run.said('open-slot')).toMatchObject([{ slot: 'w0', epoch: 2 }]);
    run.opened('w0');
    expect(run.said('start-task')[0]).toMatchObject({ task: 'c0.m0.0/0', attempt: 2, epoch: 2 });
  });

  it('a task that was first in three lost processes is given up, those behind it are not', () => {
    const run = mapped(40, { workers: 1, durations: { 'c0.m0': 0.1 } });
    for (const _ of [1, 2, 3]) run.after(10_000).tick().opened('w0').lost('w0');
    expect(run.said('give-up-task')).toMatchObject([{ task: 'c0.m0.0/0', reason: 'ended-processes' }]);
    expect(run.stateOf('c0.m0.0/1')).toBe('ready');
  });

  it('an away cell that is given up lets its bind go on, which plays it at home', () => {
    const run = new Scenario().openWithHome(
      [
        homeTask('c0.ship', 0),
        awayTask('c0', 0, { needs: ['c0.ship'] }),
        homeTask('c0.bind', 0, { needs: ['c0'] }),
      ],
      { workers: 1 },
    );
    run.succeed('c0.ship');
    for (const _ of [1, 2, 3]) run.after(10_000).tick().opened('w0').lost('w0', 'out-of-memory');
    expect(run.said('give-up-task')).toMatchObject([{ task: 'c0', reason: 'out-of-memory' }]);
    expect(run.starts()).toEqual(['c0.bind@home']);
  });

  it('home does everything itself when no process comes up', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { workers: 1 });
    run.add(...shards('c0.m0.0', 4, { way: 'process' }));
    for (const _ of [1, 2, 3, 4, 5]) run.after(10_000).tick().refused('w0');
    expect(run.said('give-up-task').map((said) => said.reason)).toEqual(Array(4).fill('no-slot'));
  });

  it('home does everything itself when it will not fork, asked twice', () => {
    const run = mapped(4).refused('w0').refused('w1');
    expect(run.said('give-up-task')).toEqual([]);
    expect(run.refused('w0').said('give-up-task')).toEqual([]);
    expect(run.refused('w1').said('give-up-task')).toHaveLength(4);
  });

  it('many that are lost together count as one loss', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { workers: 8 });
    run.add(...shards('c0.m0.0', 8, { way: 'process' }));
    for (let n = 0; n < 8; n += 1) run.opened(`w${n}`);
    for (let n = 0; n < 8; n += 1) run.lost(`w${n}`);
    expect(run.all.filter((said) => said.type === 'give-up-task')).toEqual([]);
    expect(run.all.filter((said) => said.type === 'open-slot' && said.epoch === 2)).toHaveLength(8);
  });

  it('home does everything itself when the run has no workers', () => {
    const run = mapped(2, { workers: 0 });
    expect(run.said('give-up-task').map((said) => said.reason)).toEqual(['no-workers', 'no-workers']);
  });

  it('late messages of a lost process change nothing', () => {
    const run = mapped(2, { workers: 1 }).opened('w0');
    const before = run.whereIs('c0.m0.0/0');
    run.lost('w0').opened('w0');
    run.tell({ type: 'task-succeeded', ...before, durationMs: 1 });
    expect(run.latest).toEqual([]);
    expect(run.stateOf('c0.m0.0/0')).toBe('running');
    expect(run.state.late).toBe(1);
  });
});

describe('maps', () => {
  it('a rejected shard is settled; what home does itself is withdrawn and its processes end', () => {
    const run = mapped(6).opened('w0', 'w1').settle('c0.m0.0/0');
    run.withdraw('c0.m0.0/1', 'c0.m0.0/2', 'c0.m0.0/3', 'c0.m0.0/4', 'c0.m0.0/5');
    expect(run.closes()).toEqual(['w0:map-closed', 'w1:map-closed']);
    expect(run.succeed('c0').latest.at(-1)).toMatchObject({ type: 'finish-run', state: 'done' });
  });

  it('a process that computes a withdrawn task is ended, and what waited behind it starts elsewhere', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { workers: 1, durations: { 'c0.m0': 0.1 } });
    run
      .add(...shards('c0.m0.0', 4, { way: 'process' }))
      .opened('w0')
      .withdraw('c0.m0.0/0');
    expect(run.closes()).toEqual(['w0:withdrawn']);
    expect(run.opens()).toEqual(['w0:process']);
    expect(run.opened('w0').starts()[0]).toBe('c0.m0.0/1@w0');
  });

  it('the answer of a withdrawn task that waits behind others is not waited for', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { workers: 1, durations: { 'c0.m0': 0.1 } });
    run
      .add(...shards('c0.m0.0', 4, { way: 'process' }))
      .opened('w0')
      .withdraw('c0.m0.0/1');
    expect(run.closes()).toEqual([]);
    expect(run.succeed('c0.m0.0/0').closes()).toEqual(['w0:withdrawn']);
  });

  it('a process that still has withdrawn tasks before it gets no further ones', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { workers: 1, durations: { 'c0.m0': 0.1 } });
    run
      .add(...shards('c0.m0.0', 4, { way: 'process' }))
      .opened('w0')
      .withdraw('c0.m0.0/1');
    run.add(...shards('c0.m1.0', 2, { way: 'process' }));
    expect(run.starts()).toEqual([]);
    expect(run.succeed('c0.m0.0/0').closes()).toEqual(['w0:withdrawn']);
    expect(run.opened('w0').starts()).toContain('c0.m1.0/0@w0');
  });

  it('what is left of a map ends with the cell that opened it', () => {
    const run = mapped(3).opened('w0').succeed('c0');
    expect(run.closes()).toEqual(['w0:map-closed', 'w1:map-closed']);
    expect(run.latest.at(-1)).toMatchObject({ type: 'finish-run', state: 'done' });
  });

  it('a raised shard is left to home', () => {
    const run = mapped(1).opened('w0').raise('c0.m0.0/0');
    expect(run.closes()).toEqual(['w0:map-closed']);
    expect(run.succeed('c0').latest.at(-1)).toMatchObject({ type: 'finish-run', state: 'done' });
  });
});

describe('resources', () => {
  const limits = { targets: { local: { cpus: 4, memoryBytes: 8 * 2 ** 30, gpus: 1 } } };

  it('slots hold what their tasks ask for, and never more than the target has', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { workers: 4, limits });
    run.add(...shards('c0.m0.0', 4, { resources: { memory: '3GiB' } }));
    expect(run.opens()).toEqual(['w0:fork', 'w1:fork']);
  });

  it('workers that outnumber the cores share them evenly', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { workers: 6, limits });
    expect(run.add(...shards('c0.m0.0', 6)).opens()).toHaveLength(6);
  });

  it('a task that asks for more than its target has waits with that reason until the target grows', () => {
    const run = new Scenario().openWithHome(
      [homeTask('c0.ship', 0), awayTask('c0', 0, { needs: ['c0.ship'], resources: { gpus: 2 } })],
      { limits },
    );
    run.succeed('c0.ship');
    expect(whyWaiting(run.state, id('c0'))).toEqual({
      reason: 'target-too-small',
      target: 'local',
      text: 'asks for 1 cpus, 2 gpus; target local has 4 cpus, 8589934592 bytes of memory, 1 gpus',
    });
    run.tell({
      type: 'capacity-changed',
      target: 'local' as TargetName,
      capacity: { cpus: 4, memoryBytes: 2 ** 33, gpus: 2 },
    });
    expect(run.opens()).toEqual(['w0:process']);
  });

  it('a task of a target that nobody knows waits with that reason; after a while it is home that does it', () => {
    const run = new Scenario().openWithHome([awayTask('c0', 0, { target: 'slurm' })], { limits });
    expect(whyWaiting(run.state, id('c0'))).toMatchObject({ reason: 'target-unknown', target: 'slurm' });
    expect(run.after(4999).tick().latest).toEqual([]);
    expect(run.after(1).tick().said('give-up-task')).toMatchObject([
      { task: 'c0', reason: 'target-unknown' },
    ]);
  });

  it('an urgent task that needs much is not starved by many small ones that came first', () => {
    const small = Array.from({ length: 12 }, (_, n) => awayTask(`small${n}`, n + 1));
    const run = new Scenario().openWithHome(
      [awayTask('gate', 0), awayTask('big', 99, { needs: ['gate'], resources: { cpus: 3 } }), ...small],
      { workers: 4, limits, durations: { gate: 1, big: 9000 } },
    );
    run.opened('w0', 'w1', 'w2', 'w3').succeed('gate', 100);
    expect(run.starts()).toEqual([]);
    expect(run.succeed('small0', 100).starts()).toEqual([]);
    expect(run.succeed('small1', 100).opens()).toEqual(['w0:process']);
    expect(run.opened('w0').starts()).toEqual(['big@w0']);
  });

  it('an idle process of another target is not ended where that makes no room', () => {
    const targets = { ...limits.targets, far: { cpus: 4, memoryBytes: 2 ** 33, gpus: 0 } };
    const run = new Scenario().openWithHome(
      [
        awayTask('a', 0, { target: 'far' }),
        awayTask('b', 1, { resources: { cpus: 3 } }),
        awayTask('c', 2, { needs: ['a'], resources: { cpus: 2 } }),
      ],
      { workers: 4, limits: { targets } },
    );
    run.opened('w0', 'w1').succeed('a');
    expect(run.latest).toEqual([]);
    expect(run.succeed('b').closes()).toEqual(['w1:number-needed']);
    expect(run.opens()).toEqual(['w2:process']);
  });

  it('what no target can hold is given up at once when capacities have long been told', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { limits }).after(6000);
    run.add(...shards('c0.m0.0', 2, { resources: { gpus: 4 } }));
    expect(run.said('give-up-task').map((said) => said.reason)).toEqual([
      'target-too-small',
      'target-too-small',
    ]);
    expect(run.succeed('c0').latest.at(-1)).toMatchObject({ type: 'finish-run', state: 'done' });
  });

  it('forked shards are where home is, whatever target was asked for', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { limits });
    run.add(...shards('c0.m0.0', 2, { target: 'slurm' }));
    expect(run.said('open-slot')).toMatchObject([{ target: 'local' }, { target: 'local' }]);
  });

  it('an urgent task that needs much is not starved by many that need little', () => {
    const run = new Scenario().openWithHome(
      [
        awayTask('big', 0, { resources: { cpus: 4 } }),
        awayTask('after', 9, { needs: ['big'] }),
        ...Array.from({ length: 8 }, (_, n) => awayTask(`small${n}`, n + 1)),
      ],
      {
        workers: 4,
        limits,
        durations: { after: 5000, big: 10 },
      },
    );
    expect(run.all.filter((said) => said.type === 'open-slot').map((said) => said.slot)).toEqual([
      'w0',
      'home',
    ]);
    run.opened('w0').succeed('big');
    expect(run.starts()).toEqual([]);
    expect(run.opens().sort()).toEqual(['w0:process', 'w1:process', 'w2:process', 'w3:process']);
  });
});
