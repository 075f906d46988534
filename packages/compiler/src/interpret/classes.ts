// Classes of the notebook: their chain of bases, methods found along it, and new instances.
import type { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import {
  value,
  type BoundCallee,
  type Callee,
  type CallArguments,
  type ClassCallee,
  type FunctionCallee,
  type Value,
} from '../values.js';
import { freshRegion } from './objects.js';

/** A class and all notebook classes it derives from, nearest first. */
export function classChain(start: ClassCallee): ClassCallee[] {
  const chain: ClassCallee[] = [];
  const todo = [start];
  for (let at = todo.shift(); at; at = todo.shift()) {
    if (chain.includes(at)) continue;
    chain.push(at);
    for (const base of at.bases)
      for (const callee of base.callees) if (callee.kind === 'class') todo.push(callee);
  }
  return chain;
}

/** What a class defines under a name; undefined when neither it nor its notebook bases do. */
export function methodOf(start: ClassCallee, name: string): Value | undefined {
  for (const each of classChain(start)) {
    const found = each.body.locals.get(name);
    if (found) return found;
  }
  return undefined;
}

/** True when all of a class's behaviour is written in the notebook. */
function fullyKnown(start: ClassCallee): boolean {
  const harmless = new Set([
    'builtins.object',
    'builtins.Exception',
    'builtins.ValueError',
    'builtins.RuntimeError',
    'abc.ABC',
    'enum.Enum',
    'typing.NamedTuple',
    'typing.Protocol',
    'typing.Generic',
  ]);
  return classChain(start).every(
    (each) =>
      each.node.keywords.length === 0 &&
      each.bases.every(
        (base) => !base.open && (base.path === null ? base.callees.size > 0 : harmless.has(base.path)),
      ),
  );
}

/** A function taken from an instance: bound to it unless it is static. */
function bind(callee: FunctionCallee, self: Value): Callee {
  if (callee.binding === 'static') return callee;
  const bound: BoundCallee = { kind: 'bound', self, callee };
  return bound;
}

export function classValue(m: Machine, callee: ClassCallee, frame: Frame): Value {
  const regions = new Set([freshRegion(m, frame, callee, { code: true })]);
  if (callee.data !== null) regions.add(callee.data);
  return value({ regions, callees: new Set([callee]), type: 'class' });
}

/** Makes an instance and runs the class's `__init__` and `__new__`. */
export function instantiate(
  m: Machine,
  callee: ClassCallee,
  args: CallArguments,
  site: object,
  frame: Frame,
): Value {
  const region = freshRegion(m, frame, site);
  const regions = new Set([region]);
  if (callee.data !== null) regions.add(callee.data);
  const self = value({ regions, instanceOf: callee });
  for (const each of classChain(callee)) {
    for (const member of each.body.locals.values()) {
      for (const method of member.callees)
        if (method.kind === 'function') m.world.regions.keep(region, [bindOnce(frame, method, self, site)]);
    }
  }
  for (const name of ['__new__', '__init__', '__post_init__']) {
    const method = methodOf(callee, name);
    if (method)
      m.call({ ...method, open: false }, { ...args, positional: [self, ...args.positional] }, site, frame);
  }
  const init = methodOf(callee, '__init__');
  if (!init || !fullyKnown(callee)) {
    // A data class, a named tuple or a library's class keeps its arguments.
    const given = [...args.positional, ...args.keywords.values(), ...args.starred];
    m.world.regions.unify([region, ...given.flatMap((each) => [...each.regions])]);
    for (const each of given) m.world.regions.keep(region, each.callees);
  }
  return self;
}

/** The same bound method each time a call is interpreted again. */
function bindOnce(frame: Frame, method: FunctionCallee, self: Value, site: object): Callee {
  let known = frame.boundMade.get(site);
  if (!known) {
    known = new Map();
    frame.boundMade.set(site, known);
  }
  const made = known.get(method) ?? bind(method, self);
  known.set(method, made);
  return made;
}
