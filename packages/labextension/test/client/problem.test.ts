import { expect, test } from 'vitest';
import { problemOf } from '../../src/client/problem.js';

test('a report of the catalogue keeps its words and its hint', () => {
  const report = {
    code: 'C4007',
    name: 'run-unknown',
    message: 'no run',
    hint: 'look',
    cell: null,
    line: null,
  };
  const problem = problemOf(404, report);
  expect(problem.message).toBe('no run');
  expect(problem.hint).toBe('look');
});

test('what Jupyter Server says is shown, and a bare status where nobody says anything', () => {
  expect(problemOf(403, { message: 'Forbidden' }).message).toBe('Forbidden');
  expect(problemOf(502, null).message).toBe('the server answered 502');
});
