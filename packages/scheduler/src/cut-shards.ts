// Into which ranges the elements of a map are cut, before anything is known of how long they take.

/** Up to this many elements each is a shard of its own: nobody waits for a neighbour, a loss costs one element. */
const ALONE = 256;
/** At most this many shards of one map. */
const MOST = 4096;
/** A shard takes this part of what remains, for each worker: large ones first, small ones at the end for balance. */
const PART = 16;

/**
 * Half-open ranges [start, stop) that cover `from` to `count` without gaps, in order. `workers`: slots that will share them.
 * `most`: elements of one shard at most; null: as many as balance allows. Empty when `from` is not below `count`.
 */
export function cutShards(
  count: number,
  workers: number,
  from = 0,
  most: number | null = null,
): [start: number, stop: number][] {
  const total = count - from;
  const smallest = total <= ALONE ? 1 : Math.ceil(total / MOST);
  const shards: [number, number][] = [];
  let start = from;
  while (start < count) {
    const guided = total <= ALONE ? 1 : Math.floor((count - start) / (PART * Math.max(1, workers)));
    const stop = Math.min(count, start + Math.min(most ?? total, Math.max(smallest, guided)));
    shards.push([start, stop]);
    start = stop;
  }
  return shards;
}
