import { expect, test } from 'vitest';
import type { MachineSample } from '@cellfarm/protocol';
import { areaPath, linePath, pieces } from '../../src/devices/curve.js';
import { cursorAfterKey, timeAt } from '../../src/devices/cursor.js';
import { newestOf, withSamples } from '../../src/devices/machine-history.js';

const x = (ms: number): number => ms / 100;

test('a curve is broken where nothing was sampled and where nothing is known', () => {
  const samples = [
    { at: 0, share: 0.5 },
    { at: 1_000, share: 1.5 },
    { at: 2_000, share: null },
    { at: 10_000, share: 0.25 },
  ];
  expect(pieces(samples, x)).toEqual([
    [
      { x: 0, share: 0.5 },
      { x: 10, share: 1 },
    ],
    [{ x: 100, share: 0.25 }],
  ]);
});

test('of samples on one pixel the highest is drawn', () => {
  const samples = [0.1, 0.9, 0.3].map((share, at) => ({ at: at * 10, share }));
  expect(pieces(samples, () => 7)).toEqual([[{ x: 7, share: 0.9 }]]);
});

test('paths go from the ground to the share and back', () => {
  const found = pieces(
    [
      { at: 0, share: 1 },
      { at: 1_000, share: 0 },
    ],
    x,
  );
  expect(linePath(found, 10, 20)).toBe('M0 10.0L10 20.0');
  expect(areaPath(found, 10, 20)).toBe('M0 20L0 10.0L10 20.0L10 20z');
  expect(linePath([], 10, 20)).toBe('');
});

test('the cursor is where the mouse points, as long as that is on the axis', () => {
  const scale = { left: 100, width: 200, x: (ms: number) => 100 + ms / 100 };
  expect(timeAt(scale, 150, 10_000)).toBe(5_000);
  expect(timeAt(scale, 50, 10_000)).toBeNull();
  expect(timeAt(scale, 250, 10_000)).toBeNull();
});

test('keys move the cursor by a second, to both ends, and back to now', () => {
  expect(cursorAfterKey('ArrowLeft', null, 5_000)).toBe(4_000);
  expect(cursorAfterKey('ArrowLeft', 500, 5_000)).toBe(0);
  expect(cursorAfterKey('ArrowRight', 1_000, 5_000)).toBe(2_000);
  expect(cursorAfterKey('ArrowRight', 4_500, 5_000)).toBeNull();
  expect(cursorAfterKey('Home', null, 5_000)).toBe(0);
  expect(cursorAfterKey('Escape', 1_000, 5_000)).toBeNull();
  expect(cursorAfterKey('Escape', null, 5_000)).toBeUndefined();
  expect(cursorAfterKey('x', null, 5_000)).toBeUndefined();
});

test('samples are joined as they come, each once', () => {
  const at = (time: number): MachineSample => ({ time }) as MachineSample;
  const first = withSamples(new Map(), 'a', { now: 3, samples: [at(1), at(2)] });
  expect(newestOf(first, 'a')).toBe(2);
  expect(withSamples(first, 'a', { now: 3, samples: [at(2)] })).toBe(first);
  expect(withSamples(first, 'a', { now: 4, samples: [at(2), at(3)] }).get('a')).toHaveLength(3);
  expect(newestOf(first, 'b')).toBe(0);
});

test('a clock that is set back leaves what was before it and goes on from there', () => {
  const at = (time: number): MachineSample => ({ time }) as MachineSample;
  const first = withSamples(new Map(), 'a', { now: 90_000, samples: [at(20_000), at(90_000)] });
  const back = withSamples(first, 'a', { now: 30_000, samples: [] });
  expect(newestOf(back, 'a')).toBe(20_000);
  expect(newestOf(withSamples(back, 'a', { now: 31_000, samples: [at(31_000)] }), 'a')).toBe(31_000);
});
