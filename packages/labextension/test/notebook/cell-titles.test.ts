import { expect, test } from 'vitest';
import { titledCells } from '../../src/notebook/cell-titles.js';
import { words } from '../words.js';

const code = (source: string) => ({ cell_type: 'code', id: source, source });

test.each([
  ['# Load the data\nx = 1', 'Load the data'],
  ['import numpy as np', 'Imports'],
  ['def fit(x):\n  pass', 'fit'],
  ['scores = [f(x) for x in xs]', 'scores'],
  ['best, (a, b) = max(zip(scores, settings))', 'best, a, b'],
  ['%matplotlib inline\nplot(x)', 'plot(x)'],
  ['print("a very long line of code that goes on and on")', 'print("a very long line of code that go…'],
])('the title of %j is %j', (source, title) => {
  expect(titledCells([code(source)], words)[0]?.title).toBe(title);
});

test('a heading right above a cell names it, the title of the notebook does not', () => {
  const cells = [
    { cell_type: 'markdown', source: '# My notebook' },
    code('x = 1'),
    { cell_type: 'markdown', source: ['Text.\n', '## The *sweep*'] },
    code('y = 2'),
    code('z = 3'),
  ];
  expect(titledCells(cells, words).map(({ index, number, title }) => [index, number, title])).toEqual([
    [1, 1, 'x'],
    [3, 2, 'The sweep'],
    [4, 3, 'z'],
  ]);
});
