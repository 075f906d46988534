import { describe, expect, it } from 'vitest';
import { awayTask, homeTask, Scenario, shards } from './scenario.js';

describe('time-outs', () => {
  const away = (loose: object) => [
    homeTask('c0.ship', 0),
    awayTask('c0', 0, { needs: ['c0.ship'], timeoutMs: 1000, ...loose }),
    homeTask('c0.bind', 0, { needs: ['c0'] }),
  ];

  it('an attempt that takes too long ends with its process, and the next attempt starts', () => {
    const run = new Scenario()
      .openWithHome(away({ userRetries: 1 }))
      .succeed('c0.ship')
      .opened('w0');
    expect(run.said('wake-at')).toMatchObject([{ at: run.now + 1000 }]);
    expect(run.after(999).tick().latest).toEqual([]);
    run.after(1).tick();
    expect(run.closes()).toEqual(['w0:task-timeout']);
    expect(run.opened('w0').said('start-task')).toMatchObject([{ task: 'c0', attempt: 2 }]);
  });

  it('after the last attempt the run fails', () => {
    const run = new Scenario().openWithHome(away({})).succeed('c0.ship').opened('w0').after(1000).tick();
    expect(run.closes()).toEqual(['w0:run-over', 'home:run-over']);
    expect(run.latest.at(-1)).toMatchObject({
      type: 'fail-run',
      state: 'failed',
      task: 'c0',
      error: { code: 'C4004', message: 'task c0 took longer than 1 s' },
    });
  });

  it('count from when a task is first in its slot, not from when it was sent', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { workers: 1, durations: { 'c0.m0': 5 } });
    run.add(...shards('c0.m0.0', 8, { timeoutMs: 100, userRetries: 1 })).opened('w0');
    expect(run.starts().length).toBeGreaterThan(1);
    run.after(90).succeed('c0.m0.0/0', 90).after(50).tick();
    expect(run.closes()).toEqual([]);
    run.after(60).tick();
    expect(run.closes()).toEqual(['w0:task-timeout']);
  });

  it('of a home task restart home, which plays again from the first cell', () => {
    const run = new Scenario().openWithHome([
      homeTask('c0', 0),
      homeTask('c1', 1, { needs: ['c0'], timeoutMs: 500, userRetries: 1 }),
    ]);
    run.succeed('c0').after(500).tick();
    expect(run.closes()).toEqual(['home:task-timeout']);
    expect(run.said('replay-home')).toMatchObject([{ epoch: 2, replayed: ['c0', 'c1'] }]);
    run.opened('home').succeed('c0').after(500).tick();
    expect(run.latest.at(-1)).toMatchObject({ type: 'fail-run', error: { code: 'C4004' } });
  });
});

describe('cancel', () => {
  it('starts nothing further, closes every slot and ends the run', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0), homeTask('c1', 1, { needs: ['c0'] })]);
    run.add(...shards('c0.m0.0', 3)).opened('w0');
    run.tell({ type: 'cancel-requested', reason: 'the user asked' });
    expect(run.closes()).toEqual(['w0:cancelled', 'w1:cancelled', 'home:cancelled']);
    expect(run.latest.at(-1)).toMatchObject({
      type: 'finish-run',
      state: 'cancelled',
      reason: 'the user asked',
    });
    expect(run.stateOf('c1')).toBe('cancelled');
    expect(run.after(5).opened('w1', 'home').tick().latest).toEqual([]);
  });
});
