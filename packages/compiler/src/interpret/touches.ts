// Code that is not understood may call every function it can reach. Such a set of calls is a touch of a region: it is
// interpreted once and then remembered, and a touch of the same region within it adds nothing.
import { Observations } from '../observations.js';
import type { RegionId } from '../regions.js';
import { NOTHING, type Value } from '../values.js';
import type { World } from '../world.js';

/** What kind of reach: an unknown call, or an operator, of any object or of one class. */
export interface TouchKey {
  readonly kind: string;
  readonly region: RegionId;
  /** How many functions can be reached: with more of them the touch is another. */
  readonly reach: number;
}

const CALLS_PER_CELL = 60;

interface Remembered {
  readonly reach: number;
  readonly epoch: number;
  readonly seen: Observations;
  readonly result: Value;
}

export class Touches {
  private readonly running: TouchKey[] = [];
  /** Touches in progress that something within them relied on: results found meanwhile are not whole. */
  private readonly reliedOn = new Set<TouchKey>();
  private readonly remembered = new Map<string, Remembered>();

  private calls = 0;

  constructor(private readonly world: World) {}

  /** Counts a call that may be made. False when there were so many in this cell that one look has to do. */
  count(): boolean {
    this.calls += 1;
    return this.calls <= CALLS_PER_CELL;
  }

  /** Whether what is being interpreted will have been seen in full when it ends. */
  get whole(): boolean {
    return this.reliedOn.size === 0;
  }

  touch(key: TouchKey, work: () => Value): Value {
    const { world } = this;
    const root = world.regions.find(key.region);
    const outer = this.running.find(
      (each) => each.kind === key.kind && world.regions.find(each.region) === root,
    );
    if (outer) {
      this.reliedOn.add(outer);
      return NOTHING;
    }
    const name = `${key.kind} ${root}`;
    const before = this.remembered.get(name);
    if (before?.reach === key.reach && before.epoch === world.namesEpoch) {
      world.replay(before.seen);
      return before.result;
    }
    const seen = new Observations();
    this.running.push(key);
    const result = world.observe(seen, work);
    this.running.pop();
    this.reliedOn.delete(key);
    if (this.whole) this.remembered.set(name, { reach: key.reach, epoch: world.namesEpoch, seen, result });
    return result;
  }
}
