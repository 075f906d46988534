import { describe, expect, it } from 'vitest';
import { awayTask, homeTask, Scenario, shards } from './scenario.js';

const three = () => [
  homeTask('c0', 0),
  homeTask('c1', 1, { needs: ['c0'] }),
  homeTask('c2', 2, { needs: ['c1'] }),
];

describe('home', () => {
  it('is opened when the run opens and plays its first task when it answers', () => {
    const run = new Scenario().open(three());
    expect(run.opens()).toEqual(['home:home']);
    expect(run.opened('home').starts()).toEqual(['c0@home']);
  });

  it('plays one task at a time, in document order', () => {
    const run = new Scenario().openWithHome([homeTask('c1', 1), homeTask('c0', 0), homeTask('c2', 2)]);
    expect(run.starts()).toEqual(['c0@home']);
    expect(run.succeed('c0').starts()).toEqual(['c1@home']);
    expect(run.succeed('c1').starts()).toEqual(['c2@home']);
    expect(run.succeed('c2').latest.at(-1)).toMatchObject({ type: 'finish-run', state: 'done' });
  });

  it('binds what came back before it plays a later cell', () => {
    const run = new Scenario().openWithHome([
      homeTask('c1.ship', 1),
      awayTask('c1', 1, { needs: ['c1.ship'] }),
      homeTask('c1.bind', 1, { needs: ['c1'] }),
      homeTask('c2', 2),
      homeTask('c3', 3),
    ]);
    run.succeed('c1.ship').opened('w0');
    run.succeed('c1');
    expect(run.succeed('c2').starts()).toEqual(['c1.bind@home']);
    expect(run.succeed('c1.bind').starts()).toEqual(['c3@home']);
  });

  it('lost: another home of a higher epoch plays everything again in order', () => {
    const run = new Scenario().openWithHome(three()).succeed('c0').succeed('c1');
    run.lost('home');
    expect(run.said('replay-home')).toMatchObject([
      { epoch: 2, replayed: ['c0', 'c1', 'c2'], withdrawn: [] },
    ]);
    expect(run.said('open-slot')).toMatchObject([{ slot: 'home', epoch: 2 }]);
    expect(run.opened('home').starts()).toEqual(['c0@home']);
    expect(run.succeed('c0').starts()).toEqual(['c1@home']);
    expect(run.said('start-task')[0]?.attempt).toBe(2);
  });

  it('lost: away tasks that are done stay done, and those that run go on', () => {
    const run = new Scenario().openWithHome([
      homeTask('c0.ship', 0),
      awayTask('c0', 0, { needs: ['c0.ship'] }),
      homeTask('c0.bind', 0, { needs: ['c0'] }),
      homeTask('c1.ship', 1),
      awayTask('c1', 1, { needs: ['c1.ship'] }),
      homeTask('c1.bind', 1, { needs: ['c1'] }),
    ]);
    run.succeed('c0.ship').opened('w0').succeed('c1.ship').opened('w1').succeed('c0');
    run.lost('home');
    expect(run.stateOf('c0')).toBe('done');
    expect(run.stateOf('c1')).toBe('running');
    run.opened('home').succeed('c0.ship');
    expect(run.starts()).toEqual(['c0.bind@home']);
    run.succeed('c0.bind').succeed('c1.ship').succeed('c1').succeed('c1.bind');
    expect(run.latest.at(-1)).toMatchObject({ type: 'finish-run', state: 'done' });
    expect(run.all.filter((said) => said.type === 'start-task' && said.task === 'c0')).toHaveLength(1);
  });

  it('lost: an away task that has not started waits for its inputs to be shipped again', () => {
    const run = new Scenario().openWithHome(
      [homeTask('c0.ship', 0), awayTask('c0', 0, { needs: ['c0.ship'] }), homeTask('c1', 1)],
      { workers: 1 },
    );
    run.succeed('c0.ship').lost('home');
    expect(run.stateOf('c0')).toBe('waiting');
    run.opened('w0');
    expect(run.starts()).toEqual([]);
    run.opened('home').succeed('c0.ship');
    expect(run.starts()).toEqual(['c0@w0', 'c1@home']);
  });

  it('lost: shards of the open map are withdrawn, their slots closed, and may come again', () => {
    const run = new Scenario().openWithHome(three());
    run.add(...shards('c0.m0.0', 4)).opened('w0', 'w1');
    run.succeed('c0.m0.0/0').lost('home');
    expect(run.said('replay-home')[0]?.withdrawn).toEqual(['c0.m0.0/1', 'c0.m0.0/2', 'c0.m0.0/3']);
    expect(run.closes()).toEqual(['w0:home-lost', 'w1:home-lost']);
    run.opened('home').add(...shards('c0.m0.0', 4));
    expect(run.opens()).toEqual(['w0:fork', 'w1:fork']);
    run.opened('w0');
    expect(run.starts()[0]).toBe('c0.m0.0/0@w0');
  });

  it('waits longer before each further home: at once, 250 ms, 1 s, 4 s', () => {
    const run = new Scenario().open(three());
    expect(run.lost('home').opens()).toEqual(['home:home']);
    for (const delay of [250, 1000, 4000]) {
      run.lost('home');
      expect(run.opens()).toEqual([]);
      expect(run.said('wake-at')).toMatchObject([{ at: run.now + delay }]);
      expect(
        run
          .after(delay - 1)
          .tick()
          .opens(),
      ).toEqual([]);
      expect(run.after(1).tick().opens()).toEqual(['home:home']);
    }
    expect(run.lost('home').latest.at(-1)).toMatchObject({
      type: 'fail-run',
      state: 'failed',
      error: { code: 'C4002' },
    });
  });

  it('a home that is lost again and again after playing the same cells fails the run', () => {
    const run = new Scenario().openWithHome([
      homeTask('c0', 0),
      awayTask('a', 1),
      homeTask('c2', 2, { needs: ['a'] }),
    ]);
    run.succeed('c0');
    for (const _ of [1, 2, 3, 4]) run.lost('home').after(10_000).tick().opened('home').succeed('c0');
    expect(run.lost('home').latest.at(-1)).toMatchObject({ type: 'fail-run', error: { code: 'C4002' } });
  });

  it('a task that ended three homes fails the run as poison', () => {
    const run = new Scenario().openWithHome(three()).succeed('c0');
    for (const _ of [1, 2]) {
      run.lost('home').after(10_000).tick().opened('home').succeed('c0');
      expect(run.starts()).toEqual(['c1@home']);
    }
    run.lost('home');
    expect(run.latest.at(-1)).toMatchObject({ type: 'fail-run', task: 'c1', error: { code: 'C4003' } });
    expect(run.stateOf('c1')).toBe('failed');
    expect(run.stateOf('c2')).toBe('cancelled');
  });

  it('names the want of memory when that ended the last home', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0)]);
    run
      .lost('home')
      .opened('home')
      .lost('home')
      .after(10_000)
      .tick()
      .opened('home')
      .lost('home', 'out-of-memory');
    expect(run.latest.at(-1)).toMatchObject({ type: 'fail-run', error: { code: 'C4006' } });
  });

  it('an empty run is done without a home', () => {
    const run = new Scenario().open([]);
    expect(run.latest).toMatchObject([{ type: 'finish-run', state: 'done', cause: 1 }]);
  });

  it('starts with the epochs and the committed results of an earlier service', () => {
    const run = new Scenario().open(
      [
        homeTask('c0.ship', 0),
        awayTask('c0', 0, { needs: ['c0.ship'] }),
        homeTask('c0.bind', 0, { needs: ['c0'] }),
      ],
      { epoch: 7, done: ['c0' as never] },
    );
    expect(run.said('open-slot')).toMatchObject([{ slot: 'home', epoch: 8 }]);
    expect(run.opened('home').succeed('c0.ship').starts()).toEqual(['c0.bind@home']);
  });
});
