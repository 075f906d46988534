import { describe, expect, it } from 'vitest';
import { IllegalTransition, story, transitions } from '@cellfarm/scheduler';
import { homeTask, id, Scenario, shards } from './scenario.js';

describe('the story of a task', () => {
  it('tells each move with its event, time, slot and reason', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)], { workers: 1 }).add(...shards('c0.m0.0', 1));
    run.after(5).opened('w0').after(10).lost('w0').opened('w0').after(3).succeed('c0.m0.0/0');
    expect(story(run.state, id('c0.m0.0/0'))).toEqual([
      'event 3, 0 ms: ready',
      'event 4, 5 ms: running in w0 of epoch 1',
      'event 5, 15 ms: ready (w0 was lost: infrastructure)',
      'event 6, 15 ms: running in w0 of epoch 2',
      'event 7, 18 ms: done',
    ]);
  });

  it('is kept for unusual shards only, once their cell is over', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0), homeTask('c1', 1)], { workers: 1 });
    run
      .add(...shards('c0.m0.0', 2))
      .opened('w0')
      .lost('w0')
      .opened('w0');
    run.succeed('c0.m0.0/0').succeed('c0.m0.0/1').succeed('c0');
    expect(story(run.state, id('c0.m0.0/0'))).not.toEqual([]);
    expect(story(run.state, id('c0.m0.0/1'))).toEqual([]);
  });

  it('comes with a move that the table does not have', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0), homeTask('c1', 1)]).succeed('c0');
    const again = () => run.succeed('c0');
    expect(again).toThrow(IllegalTransition);
    expect(again).toThrow(
      'task c0 cannot go from done to done; its story: event 1, 0 ms: ready; event 2, 0 ms: running in home of epoch 1',
    );
  });
});

describe('the transition table', () => {
  it('lets a task that is over go nowhere, except from done in a replay', () => {
    for (const state of ['settled', 'withdrawn', 'given-up', 'failed', 'cancelled'] as const)
      expect(transitions[state]).toEqual([]);
    expect(transitions.done).toEqual(['ready', 'waiting']);
  });
});

describe('instructions', () => {
  it('name the event that caused them', () => {
    const run = new Scenario().open([homeTask('c0', 0)]);
    expect(run.latest.map((said) => said.cause)).toEqual([1]);
    expect(run.opened('home').latest.map((said) => said.cause)).toEqual([2]);
  });
});
