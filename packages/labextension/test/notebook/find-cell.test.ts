import { expect, test } from 'vitest';
import { asNamedIn, findCell } from '../../src/notebook/find-cell.js';

const notebook = (minor: number, ...ids: string[]) => ({
  nbformat: 4,
  nbformatMinor: minor,
  cells: ids.map((id) => ({ id })),
});

test('a cell is found by its id, wherever it was moved', () => {
  expect(findCell(notebook(5, 'b', 'a'), { index: 0, id: 'a' })).toEqual({ id: 'a' });
});

test('a cell that was deleted is not taken for the one in its place', () => {
  expect(findCell(notebook(5, 'b'), { index: 0, id: 'cell-0' })).toBeNull();
});

test('where the file has no ids a cell is found by its position', () => {
  expect(findCell(notebook(4, 'made-up', 'of-this-page'), { index: 1, id: 'cell-1' })).toEqual({
    id: 'of-this-page',
  });
  expect(findCell(notebook(4, 'made-up'), { index: 1, id: 'cell-1' })).toBeNull();
});

test('cells that were found once are found again after others were added before them', () => {
  const known = asNamedIn(notebook(4, 'x', 'y'), [{ index: 1, id: 'cell-1' }]);
  expect(known).toEqual([{ index: 1, id: 'y' }]);
  expect(findCell(notebook(4, 'new', 'x', 'y'), known[0] ?? { index: 0, id: '' })).toEqual({ id: 'y' });
});
