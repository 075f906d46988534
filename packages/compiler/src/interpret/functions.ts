// Runs functions of the notebook on abstract arguments, where the notebook's names are what they are at the call: so a
// function's reads and changes are charged to the cell that calls it. Recursion and very deep work end conservatively.
import { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import { Observations } from '../observations.js';
import type { Arguments } from '../py-node.js';
import {
  allArguments,
  argumentsOf,
  IMMUTABLE,
  join,
  joinAll,
  NOTHING,
  unknownIn,
  value,
  type Callee,
  type CallArguments,
  type FunctionCallee,
  type LazyCallee,
  type Value,
} from '../values.js';
import { instantiate } from './classes.js';
import { freshRegion } from './objects.js';

const DEEPEST = 40;
const CALLS_PER_CELL = 2000;
/** Expressions evaluated for one cell: some tenths of a second. */
const STEPS_PER_CELL = 60_000;

interface Remembered {
  readonly key: string;
  readonly epoch: number;
  readonly seen: Observations;
  readonly result: Value;
}

interface Activation {
  readonly callee: FunctionCallee;
  readonly frame: Frame;
  readonly given: Value;
}

/** The calls in progress and those that need not be interpreted again. One for each cell. */
export class CallStack {
  private readonly active: Activation[] = [];
  private readonly remembered = new WeakMap<Frame, Remembered>();
  private readonly numbers = new Map<object, number>();
  private calls = 0;
  private steps = 0;

  constructor(private readonly m: Machine) {}

  /** Counts one expression. Gives whether the cell has become too much work: then nothing is followed any more. */
  step(): boolean {
    this.steps += 1;
    return this.exhausted;
  }

  get exhausted(): boolean {
    return this.calls > CALLS_PER_CELL || this.steps > STEPS_PER_CELL;
  }

  private number(object: object): number {
    const number = this.numbers.get(object) ?? this.numbers.size;
    this.numbers.set(object, number);
    return number;
  }

  private key(values: readonly Value[]): string {
    const { regions } = this.m.world;
    return values
      .map((each) => {
        const roots = [...new Set([...each.regions].map((region) => regions.find(region)))].sort(
          (a, b) => a - b,
        );
        const callees = [...each.callees].map((callee) => this.number(callee));
        const instance = each.instanceOf ? this.number(each.instanceOf) : '';
        return `${roots.join(',')}/${callees.join(',')}/${each.type ?? ''}/${each.path ?? ''}/${String(instance)}/${String(each.open)}/${each.text ?? ''}`;
      })
      .join(';');
  }

  invoke(callee: Callee, args: CallArguments, site: object, frame: Frame): Value {
    switch (callee.kind) {
      case 'lazy':
        return this.runLazy(callee);
      case 'class':
        return instantiate(this.m, callee, args, site, frame);
      case 'bound':
        return this.function(
          callee.callee,
          { ...args, positional: [callee.self, ...args.positional] },
          site,
          frame,
        );
      case 'function':
        return this.function(callee, args, site, frame);
    }
  }

  private readonly lazyRunning = new Set<LazyCallee>();

  private runLazy(callee: LazyCallee): Value {
    if (this.lazyRunning.has(callee)) return NOTHING;
    this.lazyRunning.add(callee);
    try {
      return callee.run();
    } finally {
      this.lazyRunning.delete(callee);
    }
  }

  private function(callee: FunctionCallee, args: CallArguments, site: object, frame: Frame): Value {
    const { world } = this.m;
    const given = joinAll([...allArguments(args), callee.defaults]);
    const recursive = this.active.find((each) => each.callee === callee);
    if (recursive) {
      // One region for the arguments of all rounds: what one round changes, all may have been given.
      world.regions.unify([...recursive.given.regions, ...given.regions]);
      this.bindParameters(callee, args, recursive.frame);
      return join(recursive.frame.returns, unknownIn(world.regions.roots(recursive.given.regions)));
    }
    if (this.active.length >= DEEPEST || this.calls > CALLS_PER_CELL || this.steps > STEPS_PER_CELL)
      return this.giveUp();
    const inner = frame.activation(
      site,
      callee,
      () => new Frame(callee.scopes.of(callee.node), callee.scopes, callee.closure, callee.cell),
    );
    if (callee.generator) return this.generator(callee, args, site, inner, frame);
    return this.run(callee, args, inner, frame);
  }

  private generator(
    callee: FunctionCallee,
    args: CallArguments,
    site: object,
    inner: Frame,
    frame: Frame,
  ): Value {
    let lazy = frame.calleesMade.get(site) as LazyCallee | undefined;
    if (!lazy) {
      lazy = { kind: 'lazy', run: () => this.m.invoke(bodyOf(callee), args, site, inner) };
      frame.calleesMade.set(site, lazy);
    }
    const region = freshRegion(this.m, frame, site, { plain: true });
    this.m.world.regions.keep(region, [lazy]);
    return value({ regions: new Set([region]), callees: new Set([lazy]), type: 'iterator' });
  }

  private run(callee: FunctionCallee, args: CallArguments, inner: Frame, frame: Frame): Value {
    const { world } = this.m;
    const key = this.key([...allArguments(args), callee.defaults]);
    const before = this.remembered.get(inner);
    // What is only possible is run again for other names, not for every two objects that come to share a region.
    const epoch = (): number => (frame === this.m.apart ? world.namesEpoch : world.epoch);
    if (before?.key === key && before.epoch === epoch()) {
      world.replay(before.seen);
      return before.result;
    }
    this.calls += 1;
    const seen = new Observations();
    const { origin } = world;
    this.active.push({ callee, frame: inner, given: joinAll([...allArguments(args), callee.defaults]) });
    inner.certain = frame.certain;
    try {
      world.observe(seen, () => {
        this.bindParameters(callee, args, inner);
        if (callee.node.nodeType === 'Lambda') {
          world.origin = { cell: callee.cell, line: callee.node.lineno };
          inner.returns = join(inner.returns, this.m.evaluate(callee.node.body, inner));
        } else this.m.execute(callee.node.body, inner);
      });
    } finally {
      this.active.pop();
      world.origin = origin;
    }
    const result = inner.returns.type === 'nothing' ? IMMUTABLE : inner.returns;
    if (this.m.touches.whole) this.remembered.set(inner, { key, epoch: epoch(), seen, result });
    return result;
  }

  private bindParameters(callee: FunctionCallee, args: CallArguments, inner: Frame): void {
    const { args: parameters } = callee.node;
    const names = [...parameters.posonlyargs, ...parameters.args].map((each) => each.arg);
    const loose = joinAll(args.starred);
    const keywords = new Map(args.keywords);
    names.forEach((name, i) => {
      const own = args.positional[i] ?? keywords.get(name) ?? callee.defaults;
      keywords.delete(name);
      inner.widen(name, joinAll([own, loose]));
    });
    for (const { arg } of parameters.kwonlyargs) {
      inner.widen(arg, joinAll([keywords.get(arg) ?? callee.defaults, loose]));
      keywords.delete(arg);
    }
    this.bindRest(
      parameters,
      [...args.positional.slice(names.length), loose],
      [...keywords.values(), loose],
      inner,
    );
  }

  /** `*args` and `**kwargs`: new containers that hold what is left. */
  private bindRest(
    parameters: Arguments,
    positional: readonly Value[],
    keywords: readonly Value[],
    inner: Frame,
  ): void {
    const { regions } = this.m.world;
    for (const [parameter, rest] of [
      [parameters.vararg, positional],
      [parameters.kwarg, keywords],
    ] as const) {
      if (!parameter) continue;
      const region = freshRegion(this.m, inner, parameter, { plain: true });
      for (const each of rest) {
        if (each.type !== 'immutable' && each.type !== 'nothing') regions.soil(region);
        regions.unify([region, ...each.regions]);
        regions.keep(region, each.callees);
      }
      inner.widen(
        parameter.arg,
        value({ regions: new Set([region]), type: parameter === parameters.vararg ? 'tuple' : 'dict' }),
      );
    }
  }

  /** Too deep or too much to be followed: the cell is not understood. */
  giveUp(): Value {
    this.m.world.barrier('calls functions too deep to be followed');
    return unknownIn([this.m.world.everything()]);
  }
}

/** The same function as one that runs at once. */
const bodies = new WeakMap<FunctionCallee, FunctionCallee>();
function bodyOf(callee: FunctionCallee): FunctionCallee {
  let body = bodies.get(callee);
  if (!body) {
    body = { ...callee, generator: false };
    bodies.set(callee, body);
  }
  return body;
}

/** Calls that may be made, with arguments that are not known: everything given may be in any place. */
export function callWithUnknown(m: Machine, callees: readonly Callee[], given: Value): Value {
  const args = { ...argumentsOf([]), starred: [unknownIn(m.world.regions.roots(given.regions))] };
  return joinAll(callees.map((callee) => m.invoke(callee, args, callee, m.apart)));
}
