// The cheap look at functions that code out of sight may call: not run, only read. All names they mention, and what those
// reach, may be read and changed.
import { globalNames } from '../global-names.js';
import { joinAll, NOTHING, unknownIn, type Callee, type Value } from '../values.js';
import type { World } from '../world.js';

interface Mentioned {
  readonly read: ReadonlySet<string>;
  readonly bound: ReadonlySet<string>;
}

const mentioned = new WeakMap<object, Mentioned>();

function mentionedBy(callee: Callee): Mentioned {
  const inner = callee.kind === 'bound' ? callee.callee : callee;
  if (inner.kind === 'lazy') return { read: new Set(), bound: new Set() };
  let known = mentioned.get(inner.node);
  if (!known) {
    const read = new Set<string>();
    const bound = new Set<string>();
    const scopes = inner.kind === 'class' ? inner.body.scopes : inner.scopes;
    for (const { node } of globalNames(inner.node, scopes.of(inner.node), scopes)) {
      (node.ctx.nodeType === 'Load' ? read : bound).add(node.id);
    }
    known = { read, bound };
    mentioned.set(inner.node, known);
  }
  return known;
}

export function skim(world: World, starts: Iterable<Callee>, given: Value): Value {
  const todo: Callee[] = [...starts];
  const done = new Set<Callee>();
  const reached: Value[] = [given];
  for (let callee = todo.pop(); callee; callee = todo.pop()) {
    if (done.has(callee)) continue;
    done.add(callee);
    const { read, bound } = mentionedBy(callee);
    for (const name of read) {
      if (!world.namespace.get(name)) continue;
      const value = world.readGlobal(name);
      reached.push(value);
      todo.push(...value.callees);
    }
    for (const name of bound) world.bindGlobal(name, unknownIn(given.regions), false);
  }
  const all = joinAll([NOTHING, ...reached]);
  world.regions.unify(all.regions);
  world.change(all, 'may be changed by functions called out of sight');
  world.effect('unknown', { certain: false, text: 'calls functions out of sight' });
  return unknownIn(world.regions.roots(all.regions));
}
