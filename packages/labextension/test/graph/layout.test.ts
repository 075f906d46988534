import { expect, test } from 'vitest';
import { layoutCells } from '../../src/graph/layout-cells.js';
import { layoutGraph } from '../../src/graph/layout.js';
import type { LayoutCell } from '../../src/graph/layout.js';
import { cells } from '../runs.js';

const cell = (index: number, over: Partial<LayoutCell> = {}): LayoutCell => ({
  index,
  place: 'home',
  target: 'local',
  joinsHere: false,
  needs: [],
  ...over,
});

test('cells lie in document order, whatever they need', () => {
  const { rows } = layoutGraph([cell(4), cell(2), cell(7)]);
  expect(rows.map(({ index }) => index)).toEqual([4, 2, 7]);
  expect(rows.every(({ y }, at) => at === 0 || y > (rows[at - 1]?.y ?? 0))).toBe(true);
});

test('a notebook without tags is a plain line', () => {
  const { lanes, rows } = layoutGraph([cell(0), cell(1)]);
  expect(lanes).toEqual([]);
  expect(rows.every(({ card, branch, back }) => card === null && branch === null && back === null)).toBe(
    true,
  );
});

test('there is a lane for each target that is used, in order of first use', () => {
  const { lanes } = layoutGraph([
    cell(0, { place: 'away', target: 'slurm' }),
    cell(1, { place: 'away', target: 'local' }),
    cell(2, { place: 'away', target: 'slurm' }),
    cell(3, { target: 'docker' }),
  ]);
  expect(lanes.map(({ target }) => target)).toEqual(['slurm', 'local']);
});

test('what left comes back above the first cell that reads it', () => {
  const { rows } = layoutGraph([
    cell(0, { place: 'away' }),
    cell(1),
    cell(2, { needs: [0] }),
    cell(3, { needs: [0] }),
  ]);
  const back = rows[0]?.back?.y ?? 0;
  expect(back).toBeGreaterThan(rows[1]?.y ?? 0);
  expect(back).toBeLessThan(rows[2]?.y ?? 0);
});

test('a map that home waits for comes back before the next cell', () => {
  const { rows } = layoutGraph(layoutCells(cells));
  expect(rows[1]?.back?.y).toBeLessThan(rows[2]?.y ?? 0);
});

test('what nobody reads comes back after the last cell', () => {
  const { rows, height } = layoutGraph([cell(0, { place: 'away' }), cell(1)]);
  const back = rows[0]?.back?.y ?? 0;
  expect(back).toBeGreaterThan(rows[1]?.y ?? 0);
  expect(back).toBeLessThan(height);
});

test('two that come back at one place do not lie on each other', () => {
  const { rows } = layoutGraph([
    cell(0, { place: 'away', target: 'slurm' }),
    cell(1, { place: 'away', target: 'docker' }),
    cell(2, { needs: [0, 1] }),
  ]);
  expect(rows[0]?.back?.y).not.toBe(rows[1]?.back?.y);
});

test('states change nothing: the same plan lies the same', () => {
  expect(layoutGraph(layoutCells(cells))).toEqual(layoutGraph(layoutCells(cells)));
});
