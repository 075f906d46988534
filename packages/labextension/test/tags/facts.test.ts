import { expect, test } from 'vitest';
import type { TaskGraph } from '@cellfarm/protocol';
import { factsOf } from '../../src/tags/facts.js';
import { graph } from '../runs.js';
import { words } from '../words.js';

test('a cell tells what it reads and writes and what its loop is', () => {
  expect(factsOf(graph, [{ id: 'id-2', index: 2, number: 2 }], words)).toEqual([
    'Cell [2] reads settings and writes scores.',
    'Its loop can be shared out: the cell has the role map.',
  ]);
});

test('a file without ids is compiled by position, and its cells are known by it', () => {
  const unnamed = {
    ...graph,
    cells: graph.cells.map((cell) => ({ ...cell, id: `cell-${cell.index}` })),
  } as TaskGraph;
  expect(factsOf(unnamed, [{ id: 'of-this-page', index: 3, number: 3 }], words)).toEqual([
    'Cell [3] reads scores and writes best.',
  ]);
});

test('a cell that the compiler has not seen tells nothing', () => {
  expect(factsOf(graph, [{ id: 'new', index: 3, number: 3 }], words)).toEqual([]);
});
