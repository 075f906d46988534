// One map that home holds open: its shards, where each is, and what they are made of. Data and look-ups only; the dialogue about it is
// `maps.ts`.
import type { ObjectRef, SlotId, TaskId } from '@cellfarm/protocol';
import type { Result, ResultKey } from '../journal/journal-types.js';
import type { PlannedShard } from './plan-shards.js';

export interface Shard {
  readonly id: TaskId;
  readonly number: number;
  readonly start: number;
  readonly stop: number;
  readonly reused: Result | null;
  /**
   * `planned`: the scheduler does not know it yet (the items of a shipped one are on their way); `over`: home has its outcome, or does
   * it itself.
   */
  state: 'planned' | 'waiting' | 'running' | 'over';
  slot: SlotId | null;
  attempt: number;
  items: { readonly object: ObjectRef | null; readonly payload: Uint8Array } | null;
}

export interface OpenMap {
  readonly task: TaskId;
  readonly key: ResultKey;
  readonly way: 'fork' | 'ship';
  /** This execution of the map, as the scheduler knows it. */
  readonly execution: TaskId;
  /** Epoch of the home that holds it open. */
  readonly home: number;
  readonly first: number;
  readonly shards: readonly Shard[];
  /** Shipped maps: the pickled function and its digest. */
  readonly code: Uint8Array;
  readonly body: Uint8Array;
  /** Slots and epochs that have the function already. */
  readonly informed: WeakSet<object>;
}

/** Shards of one execution, numbered from `first`. */
export function makeShards(
  execution: TaskId,
  first: number,
  planned: readonly PlannedShard<Result>[],
): Shard[] {
  return planned.map(({ start, stop, reused }, index) => ({
    id: `${execution}/${index}` as TaskId,
    number: first + index,
    start,
    stop,
    reused,
    state: reused ? 'over' : 'planned',
    slot: null,
    attempt: 0,
    items: null,
  }));
}

export function shardNumbered(map: OpenMap, number: number): Shard | undefined {
  return map.shards[number - map.first];
}

/** Shards that have no outcome yet, from element `start` on. */
export function unfinished(map: OpenMap, start: number): Shard[] {
  return map.shards.filter((shard) => shard.start >= start && shard.state !== 'over');
}
