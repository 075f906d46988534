// The maps that home holds open, and where their shards are: one at most under each name, and each shard in one slot at most.
// Look-ups and bookkeeping; what is said about them is `maps.ts` and `map-results.ts`.
import type { TaskId } from '@cellfarm/protocol';
import { shardNumbered } from './open-map.js';
import type { OpenMap, Shard } from './open-map.js';
import type { Slot } from './slots.js';

export interface ShardOfMap {
  readonly map: OpenMap;
  readonly shard: Shard;
}

export class OpenMaps {
  private readonly open = new Map<TaskId, OpenMap>();
  private readonly shards = new Map<TaskId, ShardOfMap>();
  /** Shards in flight by slot, the one computing first. */
  private readonly inFlight = new Map<Slot, Set<Shard>>();

  add(map: OpenMap): void {
    this.open.set(map.execution, map);
    for (const shard of map.shards) this.shards.set(shard.id, { map, shard });
  }

  forget(map: OpenMap): void {
    this.open.delete(map.execution);
    for (const shard of map.shards) this.shards.delete(shard.id);
  }

  all(): OpenMap[] {
    return [...this.open.values()];
  }

  named(execution: TaskId): OpenMap | undefined {
    return this.open.get(execution);
  }

  isOpen(map: OpenMap): boolean {
    return this.open.get(map.execution) === map;
  }

  shard(task: TaskId): ShardOfMap | undefined {
    return this.shards.get(task);
  }

  /** The map with a shard of that number. */
  withShard(number: number): OpenMap | undefined {
    for (const map of this.open.values()) if (shardNumbered(map, number)) return map;
    return undefined;
  }

  /** Shards that a slot was given and has not answered, the one computing first. */
  flying(slot: Slot): Set<Shard> {
    const present = this.inFlight.get(slot);
    if (present) return present;
    const shards = new Set<Shard>();
    this.inFlight.set(slot, shards);
    return shards;
  }

  /** The shards are home's matter now. Returns those that the scheduler knows. */
  takeBack(shards: readonly Shard[]): TaskId[] {
    const known = shards.filter((shard) => shard.state !== 'planned').map((shard) => shard.id);
    for (const shard of shards) shard.state = 'over';
    for (const flying of this.inFlight.values()) for (const shard of shards) flying.delete(shard);
    return known;
  }

  /** A slot is gone. Returns the shard that it was computing, if any. */
  ground(slot: Slot): Shard | undefined {
    const [head] = this.flying(slot);
    this.inFlight.delete(slot);
    return head?.state === 'running' ? head : undefined;
  }

  /** All slots are gone with home. */
  groundAll(): void {
    this.inFlight.clear();
  }
}
