import { expect, test } from 'vitest';
import type { RunEventBody } from '@cellfarm/protocol';
import { Attempts } from '../../src/run/attempts.js';
import { ended, events, task } from '../runs.js';

function fold(bodies: readonly RunEventBody[]): Attempts {
  const attempts = new Attempts();
  for (const event of events(bodies)) attempts.apply(event);
  return attempts;
}

test('every attempt is kept, with the worker that made it and how it ended', () => {
  const attempts = fold([task('c1', 'w0'), task('c1', 'w1', 2), ended('c1', 'w1')]);
  expect(attempts.of('c1').map(({ worker, end }) => [worker, end])).toEqual([
    ['w0', 'lost'],
    ['w1', 'done'],
  ]);
});

test('a result that was there already began when its time says', () => {
  const [attempt] = fold([ended('c1', 'home', 300, true)]).of('c1');
  expect(attempt).toMatchObject({ end: 'reused', from: 700, to: 1000 });
});

test('nothing is under way after the end of the run', () => {
  const attempts = fold([task('c1', 'home'), { type: 'run.finished', state: 'cancelled', error: null }]);
  expect(attempts.all.map(({ end, to }) => [end, to])).toEqual([['lost', 1100]]);
});

test('a lost process ends when it was lost', () => {
  const attempts = fold([
    { type: 'process.started', worker: 'w0', part: 'shard', pid: 1, host: 'box', agent: 'a', epoch: 1 },
    { type: 'process.lost', worker: 'w0', part: 'shard', epoch: 1, reason: 'killed' },
  ]);
  expect(attempts.processes).toMatchObject([{ worker: 'w0', to: 1100, lost: 'killed' }]);
});
