import { describe, expect, it } from 'vitest';
import { creditWindow } from '../src/credit.js';
import { learn, newKind } from '../src/durations.js';
import { awayTask, homeTask, Scenario, shards } from './scenario.js';

describe('the credit window', () => {
  it.each<{ name: string; ready: number; slots: number; meanMs: number | null; window: number }>([
    { name: 'many short tasks: as many as allowed', ready: 100_000, slots: 2, meanMs: 0.01, window: 64 },
    { name: 'tasks of 20 ms and more: one', ready: 100_000, slots: 2, meanMs: 20, window: 1 },
    { name: 'in between: about 20 ms of work', ready: 100_000, slots: 2, meanMs: 5, window: 4 },
    { name: 'near the end: a fair share', ready: 10, slots: 2, meanMs: 0.01, window: 3 },
    { name: 'the last ones: one', ready: 1, slots: 8, meanMs: 0.01, window: 1 },
    { name: 'nothing known: one running and one on its way', ready: 100, slots: 2, meanMs: null, window: 2 },
  ])('$name', ({ ready, slots, meanMs, window }) => {
    expect(creditWindow({ ready, slots, meanMs, most: 64 })).toBe(window);
  });

  it('opens as soon as the first answers show that the tasks are short', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { workers: 1 });
    run.add(...shards('c0.m0.0', 500)).opened('w0');
    expect(run.starts()).toHaveLength(2);
    expect(run.succeed('c0.m0.0/0', 0.01).starts()).toHaveLength(63);
  });

  it('stays at one for long tasks, so that no slot hoards them', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { durations: { 'c0.m0': 1000 } });
    run.add(...shards('c0.m0.0', 10)).opened('w0', 'w1');
    expect(run.succeed('c0.m0.0/0', 900).starts()).toEqual(['c0.m0.0/2@w0']);
  });
});

describe('a cell that leaves', () => {
  it('has a slot to itself: nothing queues behind it, and it queues behind nothing', () => {
    const run = new Scenario().openWithHome(
      [homeTask('c0.ship', 0), awayTask('c0', 0, { needs: ['c0.ship'] }), homeTask('c1', 1)],
      { workers: 1, durations: { 'c1.m0': 0.01, c0: 0.01 } },
    );
    run
      .succeed('c0.ship')
      .opened('w0')
      .add(...shards('c1.m0.0', 50, { way: 'process' }));
    expect(run.starts()).toEqual([]);
    expect(run.succeed('c0').starts().length).toBeGreaterThan(10);
  });
});

describe('learnt durations', () => {
  it('are a mean; the first measurement of a run replaces what earlier runs told', () => {
    const kind = newKind('c0.m0', 500);
    learn(kind, 10);
    learn(kind, 20);
    expect(kind.mean).toBe(15);
  });

  it('change what goes first', () => {
    const run = new Scenario().openWithHome([awayTask('c0', 0), homeTask('c1', 1)], {
      workers: 1,
      durations: { c0: 500 },
    });
    run.add(...shards('c1.m0.0', 9, { way: 'process' })).opened('w0');
    expect(run.starts()).toEqual(['c1.m0.0/0@w0', 'c1.m0.0/1@w0']);
    expect(run.succeed('c1.m0.0/0', 0.01).starts()).toEqual([]);
    expect(run.succeed('c1.m0.0/1', 0.01).starts()).toEqual(['c0@w0']);
  });

  it('of what comes after a cell count for the shards that it waits for', () => {
    const run = new Scenario().openWithHome(
      [awayTask('c0', 0), homeTask('c1', 1), homeTask('c2', 2, { needs: ['c1'] })],
      { workers: 1, durations: { c0: 500, c2: 800, 'c1.m0': 0.01 } },
    );
    run.add(...shards('c1.m0.0', 9, { way: 'process' })).opened('w0');
    expect(run.starts()[0]).toBe('c1.m0.0/0@w0');
  });

  it('ask for new ranks when an estimate was off by more than a factor of two, seldom', () => {
    const kind = newKind('c0.m0', 10);
    const asked = Array.from({ length: 64 }, () => learn(kind, 100)).map((ask, n) => (ask ? n + 1 : 0));
    expect(asked.filter((count) => count > 0)).toEqual([1, 2, 4, 8, 16, 32, 64]);
  });
});
