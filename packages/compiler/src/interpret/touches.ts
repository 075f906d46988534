// Code that is not understood may call every function it can reach. Such a set of calls is a touch of a region: it is
// interpreted once and then remembered, and a touch of the same region within it adds nothing.
import { Observations } from '../observations.js';
import type { RegionId } from '../regions.js';
import { NOTHING, type Callee, type Value } from '../values.js';
import type { World } from '../world.js';
import { skim } from './skim.js';

/** What kind of reach: an unknown call, or an operator, of any object or of one class. */
export interface TouchKey {
  readonly kind: string;
  readonly region: RegionId;
}

/** Calls that are interpreted; further ones get a look at the functions only. */
const CALLS_PER_CELL = 100;
const MOST_CALLS_PER_CELL = 400;

interface Remembered {
  /** How many functions could be reached: with more of them the touch is another. */
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

  /** Whether what is being interpreted will have been seen in full when it ends. */
  get whole(): boolean {
    return this.reliedOn.size === 0;
  }

  /** The calls that a touch of a region makes. `given` is what may be passed to them. */
  touch(key: TouchKey, callees: readonly Callee[], given: Value, run: () => Value): Value {
    const { world } = this;
    if (callees.length === 0) return NOTHING;
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
    if (before?.reach === callees.length && before.epoch === world.namesEpoch) {
      world.replay(before.seen);
      return before.result;
    }
    this.calls += callees.length;
    if (this.calls > CALLS_PER_CELL && key.kind !== 'consume') return this.look(key, callees, given);
    if (this.calls > MOST_CALLS_PER_CELL) {
      // Generators have to be run: they are no functions that could be looked at.
      world.barrier('runs more generators than can be followed');
      return NOTHING;
    }
    const seen = new Observations();
    this.running.push(key);
    world.possible += 1;
    const result = world.observe(seen, run);
    world.possible -= 1;
    this.running.pop();
    this.reliedOn.delete(key);
    if (this.whole)
      this.remembered.set(name, { reach: callees.length, epoch: world.namesEpoch, seen, result });
    return result;
  }

  /** So many calls in one cell that one look at the functions has to do. */
  private look(key: TouchKey, callees: readonly Callee[], given: Value): Value {
    const { world } = this;
    const name = `look ${key.kind} ${world.regions.find(key.region)}`;
    const before = this.remembered.get(name);
    if (before?.reach === callees.length && before.epoch === world.namesEpoch) {
      world.replay(before.seen);
      return before.result;
    }
    const seen = new Observations();
    const result = world.observe(seen, () => skim(world, callees, given));
    const after = `look ${key.kind} ${world.regions.find(key.region)}`;
    this.remembered.set(after, { reach: callees.length, epoch: world.namesEpoch, seen, result });
    return result;
  }
}
