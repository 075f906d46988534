import { expect, test } from 'vitest';
import { keyMove } from '../../src/graph/key-moves.js';
import { cellNodes } from '../../src/run/cell-nodes.js';
import { cells, viewOf } from '../runs.js';

const nodes = cellNodes(cells, viewOf([]), 0);

test.each([
  ['ArrowDown', null, 1],
  ['ArrowDown', 1, 2],
  ['ArrowUp', 1, 1],
  ['End', 1, 3],
  ['Home', 3, 1],
  ['ArrowRight', 1, 2],
  ['ArrowLeft', 3, 2],
])('%s from %s selects %s', (key, from, to) => {
  expect(keyMove(key, nodes, from)).toEqual({ type: 'select', cell: to });
});

test('Enter opens what is selected, Escape takes the selection back, other keys are not ours', () => {
  expect(keyMove('Enter', nodes, 2)).toEqual({ type: 'open', cell: 2 });
  expect(keyMove('Escape', nodes, 2)).toEqual({ type: 'select', cell: null });
  expect(keyMove('Escape', nodes, null)).toBeNull();
  expect(keyMove('x', nodes, 2)).toBeNull();
});

test('Delete means what may be ordered about the selected cell', () => {
  expect(keyMove('Delete', nodes, 2)).toEqual({ type: 'cancel', cell: 2 });
  expect(keyMove('Delete', nodes, null)).toBeNull();
});
