// Shards around committed results: no gap, no overlap, nothing computed twice.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planShards } from '../../src/run/plan-shards.js';

const range = (start: number, stop: number) => ({ start, stop });

describe('the shards of a map', () => {
  test('are one for each element when there are few', () => {
    const shards = planShards({ count: 4, from: 1, workers: 2, most: null }, []);
    expect(shards.map(({ start, stop }) => [start, stop])).toEqual([
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  });

  test('keep committed ranges as they are and fill what lies between', () => {
    const shards = planShards({ count: 6, from: 0, workers: 2, most: null }, [range(4, 5), range(1, 3)]);
    expect(shards.map(({ start, stop, reused }) => [start, stop, reused !== null])).toEqual([
      [0, 1, false],
      [1, 3, true],
      [3, 4, false],
      [4, 5, true],
      [5, 6, false],
    ]);
  });

  test('do not use a result that reaches into what home computed already', () => {
    const shards = planShards({ count: 6, from: 2, workers: 2, most: null }, [range(1, 4), range(4, 6)]);
    expect(shards.filter(({ reused }) => reused).map(({ start }) => start)).toEqual([4]);
  });

  test('cover every element once, in order, whatever is committed', () => {
    const committed = fc.array(
      fc
        .tuple(fc.nat(400), fc.integer({ min: 1, max: 50 }))
        .map(([start, size]) => range(start, start + size)),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.nat(20),
        fc.integer({ min: 1, max: 8 }),
        committed,
        (count, from, workers, results) => {
          const shards = planShards({ count, from: Math.min(from, count - 1), workers, most: null }, results);
          let at = Math.min(from, count - 1);
          for (const shard of shards) {
            expect(shard.start).toBe(at);
            expect(shard.stop).toBeGreaterThan(shard.start);
            if (shard.reused) expect(shard.reused).toMatchObject({ start: shard.start, stop: shard.stop });
            at = shard.stop;
          }
          expect(at).toBe(count);
        },
      ),
    );
  });
});
