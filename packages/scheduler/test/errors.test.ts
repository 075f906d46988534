import { describe, expect, it } from 'vitest';
import { awayTask, BOOM, homeTask, Scenario } from './scenario.js';

const triple = (name: string, order: number, loose: object = {}) => [
  homeTask(`${name}.ship`, order),
  awayTask(name, order, { needs: [`${name}.ship`], ...loose }),
  homeTask(`${name}.bind`, order, { needs: [name] }),
];

describe('an error of the user', () => {
  it('at home ends the run; later cells are not played and home stays open for inspection', () => {
    const run = new Scenario()
      .openWithHome([homeTask('c0', 0), homeTask('c1', 1, { needs: ['c0'] })])
      .raise('c0');
    expect(run.closes()).toEqual([]);
    expect(run.latest).toMatchObject([
      { type: 'fail-run', state: 'raised', task: 'c0', error: BOOM, beyond: [] },
    ]);
    expect(run.stateOf('c1')).toBe('cancelled');
  });

  it('away is tried again as often as the user allowed, then ends the run', () => {
    const run = new Scenario().openWithHome([
      ...triple('c0', 0, { userRetries: 1 }),
      homeTask('c1', 1, { needs: ['c0.bind'] }),
    ]);
    run.succeed('c0.ship').opened('w0').raise('c0');
    expect(run.said('start-task')).toMatchObject([{ task: 'c0', attempt: 2 }]);
    run.raise('c0');
    expect(run.closes()).toEqual(['w0:run-over']);
    expect(run.latest.at(-1)).toMatchObject({ type: 'fail-run', state: 'raised', task: 'c0' });
    expect(['c0.bind', 'c1'].map((name) => run.stateOf(name))).toEqual(['cancelled', 'cancelled']);
  });

  it('is the first one in the notebook, not the first one in time', () => {
    const run = new Scenario().openWithHome([
      ...triple('c0', 0),
      homeTask('c1', 1),
      homeTask('c2', 2, { needs: ['c1'] }),
    ]);
    run.succeed('c0.ship').opened('w0');
    run.raise('c1', { ...BOOM, message: 'later' });
    expect(run.latest).toEqual([]);
    run.raise('c0', { ...BOOM, message: 'earlier' });
    expect(run.latest.at(-1)).toMatchObject({
      type: 'fail-run',
      task: 'c0',
      error: { message: 'earlier' },
      beyond: ['c1'],
    });
  });

  it('waits for what is earlier in the notebook, which still ends', () => {
    const run = new Scenario().openWithHome([...triple('c0', 0), homeTask('c1', 1)]);
    run.succeed('c0.ship').opened('w0').raise('c1');
    expect(run.succeed('c0').starts()).toEqual(['c0.bind@home']);
    expect(run.succeed('c0.bind').latest.at(-1)).toMatchObject({
      type: 'fail-run',
      state: 'raised',
      task: 'c1',
    });
  });

  it('is not held up by what is later in the notebook', () => {
    const run = new Scenario().openWithHome([awayTask('c0', 0), homeTask('c1', 1), awayTask('c2', 2)]);
    run.opened('w0', 'w1').raise('c1');
    expect(run.stateOf('c2')).toBe('running');
    expect(run.succeed('c0').latest.at(-1)).toMatchObject({ type: 'fail-run', task: 'c1' });
  });

  it('cancels what needs the failed task, wherever in the notebook that is', () => {
    const run = new Scenario().openWithHome([awayTask('c9', 9), homeTask('c1', 1, { needs: ['c9'] })]);
    run.opened('w0').raise('c9');
    expect(run.stateOf('c1')).toBe('cancelled');
    expect(run.latest.at(-1)).toMatchObject({ type: 'fail-run', task: 'c9' });
  });

  it('after it a lost home plays only what is earlier in the notebook', () => {
    const run = new Scenario().openWithHome([
      homeTask('c0', 0),
      ...triple('c1', 1),
      homeTask('c2', 2, { needs: ['c0'] }),
    ]);
    run.succeed('c0').succeed('c1.ship').opened('w0').raise('c2').lost('home');
    expect(run.said('replay-home')).toMatchObject([{ replayed: ['c0', 'c1.ship'] }]);
    run.opened('home').succeed('c0').succeed('c1.ship').succeed('c1').succeed('c1.bind');
    expect(run.latest.at(-1)).toMatchObject({ type: 'fail-run', task: 'c2' });
  });

  it('after it a lost home does not play again what is later, though it was played', () => {
    const run = new Scenario().openWithHome(
      [...triple('c0', 0), ...triple('c1', 1), homeTask('c2', 2), homeTask('c3', 3)],
      { workers: 2 },
    );
    run.succeed('c0.ship').succeed('c1.ship').opened('w0', 'w1').succeed('c2').raise('c1').lost('home');
    expect(run.said('replay-home')).toMatchObject([{ replayed: ['c0.ship'] }]);
    expect(run.stateOf('c3')).toBe('cancelled');
    run.opened('home').succeed('c0.ship').succeed('c0').succeed('c0.bind');
    expect(run.latest.at(-1)).toMatchObject({ type: 'fail-run', task: 'c1', beyond: ['c2', 'c3'] });
  });
});

describe('exit() in a cell', () => {
  it('ends the run as done; later cells are not played', () => {
    const run = new Scenario().openWithHome([homeTask('c0', 0), homeTask('c1', 1)]).exit('c0');
    expect(run.latest).toMatchObject([{ type: 'finish-run', state: 'done', reason: 'c0 called exit()' }]);
    expect(run.stateOf('c1')).toBe('cancelled');
  });
});
