import { expect, test } from 'vitest';
import { cellNodes } from '../../src/run/cell-nodes.js';
import { endWords } from '../../src/run/end-words.js';
import { progressWords } from '../../src/run/progress-words.js';
import { stateDetail } from '../../src/run/state-words.js';
import { cells, ended, events, opened, started, task, viewOf } from '../runs.js';
import { words } from '../words.js';

const view = viewOf(
  events([
    started,
    task('c1', 'home'),
    ended('c1', 'home', 1900),
    task('c2', 'home'),
    opened('c2.m0', 4),
    task('c2.m0.0/0', 'w0'),
    ended('c2.m0.0/0', 'w0'),
  ]),
);

test('each state says the one detail that matters then', () => {
  const details = cellNodes(cells, view, 2000).map((node) => stateDetail(node, words, 2000));
  expect(details).toEqual(['1.9 s', '1 of 4', 'for scores']);
});

test('progress is told in tasks', () => {
  expect(progressWords(cellNodes(cells, view, 2000), words)).toBe('2 of 6 tasks');
});

test('a run that failed names the cell by its number', () => {
  const error = {
    code: 'C4001',
    name: 'raised',
    message: 'ValueError: no',
    hint: '',
    cell: 2,
    line: 1,
  } as const;
  expect(endWords({ ...view, state: 'raised', error }, cells, words)).toBe(
    'Run 0000 failed at cell [2]: ValueError: no',
  );
});

test('a cancelled run is not news', () => {
  expect(endWords({ ...view, state: 'cancelled' }, cells, words)).toBeNull();
});
