import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutShards } from '@cellfarm/scheduler';

describe('the shards of a map', () => {
  it('are single elements up to 256', () => {
    expect(cutShards(3, 2)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(cutShards(256, 8)).toHaveLength(256);
  });

  it('begin after the elements that home computed already', () => {
    expect(cutShards(5, 2, 3)).toEqual([
      [3, 4],
      [4, 5],
    ]);
    expect(cutShards(5, 2, 5)).toEqual([]);
  });

  it('are large first and small last beyond that', () => {
    const sizes = cutShards(100_000, 2).map(([start, stop]) => stop - start);
    expect(sizes[0]).toBe(3125);
    expect(sizes.length).toBeLessThan(250);
    for (const [n, size] of sizes.entries()) expect(size).toBeLessThanOrEqual(sizes[n - 1] ?? Infinity);
  });

  it('cover every element once, in order, and are never more than 4096', () => {
    fc.assert(
      fc.property(
        fc.nat(2_000_000),
        fc.integer({ min: 0, max: 5000 }),
        fc.nat(500),
        (count, workers, from) => {
          const shards = cutShards(count, workers, from);
          const stops = [from, ...shards.map(([, stop]) => stop)];
          expect(shards.map(([start]) => start)).toEqual(stops.slice(0, -1));
          expect(stops.at(-1)).toBe(Math.max(count, from));
          expect(shards.every(([start, stop]) => stop > start)).toBe(true);
          expect(shards.length).toBeLessThanOrEqual(4096);
        },
      ),
      { numRuns: 60 },
    );
  });
});
