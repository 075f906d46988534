// Gathers the shards that a slot is given in one turn: those of one map whose numbers follow one another go out as one frame.
// Which shard goes where was decided by the scheduler; what travels with a shipped one is the map's.
import { FRAME, NO_BYTES } from '@cellfarm/protocol';
import type { FrameFields } from '@cellfarm/protocol';
import type { RunJournal } from '../journal/run-journal.js';
import type { OpenMap, Shard } from './open-map.js';
import type { PassedObjects } from './passed-objects.js';
import type { Slot, Slots } from './slots.js';

/** Shards of one frame. */
interface Row {
  /** The commit that it waits for. */
  readonly turn: number;
  readonly map: OpenMap;
  readonly attempt: number;
  readonly shards: Shard[];
}

export class HandOuts {
  /** What goes to each slot when this turn is committed, the last frame of it. */
  private readonly open = new Map<Slot, Row>();

  constructor(
    private readonly slots: Slots,
    private readonly objects: PassedObjects,
    private readonly journal: Pick<RunJournal, 'turn'>,
  ) {}

  /** Gives one shard to a slot. */
  add(map: OpenMap, shard: Shard, slot: Slot): void {
    const row = this.open.get(slot);
    const { turn } = this.journal;
    if (row?.turn === turn && follows(row, map, shard)) {
      row.shards.push(shard);
      return;
    }
    if (map.way === 'ship') this.inform(map, slot);
    const begun: Row = { turn, map, attempt: shard.attempt, shards: [shard] };
    this.open.set(slot, begun);
    this.slots.sendLater(slot, () => {
      if (this.open.get(slot) === begun) this.open.delete(slot);
      return this.frameOf(begun);
    });
  }

  private frameOf({ map, attempt, shards }: Row): FrameFields {
    const first = shards[0] as Shard;
    const forked = map.way === 'fork';
    const ranges = forked ? shards.map(({ start, stop }) => [start, stop]) : null;
    const object = first.items?.object ? this.objects.known(first.items.object) : null;
    return {
      type: FRAME.task,
      attempt,
      task: first.number,
      code: map.code,
      meta: { ranges, object },
      payload: first.items?.payload ?? NO_BYTES,
    };
  }

  private inform(map: OpenMap, slot: Slot): void {
    if (map.informed.has(slot)) return;
    map.informed.add(slot);
    this.slots.send(slot, { type: FRAME.code, code: map.code, payload: map.body });
  }
}

/** Whether a shard may go out in the same frame: the items of a shipped one fill a frame of its own. */
function follows({ map, attempt, shards }: Row, next: OpenMap, shard: Shard): boolean {
  if (map !== next || map.way === 'ship' || attempt !== shard.attempt) return false;
  return (shards.at(-1) as Shard).number + 1 === shard.number;
}
