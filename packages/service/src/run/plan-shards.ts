// Cuts the elements of an open map into shards around the results that are committed already. Pure.
import { cutShards } from '@cellfarm/scheduler';

export interface PlannedShard<R> {
  readonly start: number;
  readonly stop: number;
  /** The committed result of exactly these elements; null: they are to be computed. */
  readonly reused: R | null;
}

export interface Elements {
  /** Elements in all. */
  readonly count: number;
  /** Elements below are computed at home already. */
  readonly from: number;
  readonly workers: number;
  /** Most elements of one shard; null: no bound. */
  readonly most: number | null;
}

/** Shards in order, without gaps from `from` to `count`. `committed` may be in any order and is taken where it fits. */
export function planShards<R extends { readonly start: number; readonly stop: number }>(
  elements: Elements,
  committed: readonly R[],
): PlannedShard<R>[] {
  const shards: PlannedShard<R>[] = [];
  let at = elements.from;
  const fillTo = (stop: number): void => {
    if (stop <= at) return;
    for (const [from, to] of cutShards(stop, elements.workers, at, elements.most))
      shards.push({ start: from, stop: to, reused: null });
    at = stop;
  };
  for (const result of [...committed].sort((a, b) => a.start - b.start)) {
    if (result.start < at || result.stop > elements.count) continue;
    fillTo(result.start);
    shards.push({ start: result.start, stop: result.stop, reused: result });
    at = result.stop;
  }
  fillTo(elements.count);
  return shards;
}

/** The shards before the first one that is to be computed. */
export function whatIsThere<R>(shards: readonly PlannedShard<R>[]): PlannedShard<R>[] {
  const first = shards.findIndex(({ reused }) => reused === null);
  return first < 0 ? [...shards] : shards.slice(0, first);
}
