// Assignment targets and patterns: what `x, (y, *z) = v`, `a.b[i] = v` and `case P(x)` bind or change.
import type { Frame } from '../frame.js';
import { isSetting } from '../library/settings.js';
import type { Machine } from '../machine.js';
import type { Expr, Pattern } from '../py-node.js';
import { IMMUTABLE, joinAll, unknownIn, value, type Value } from '../values.js';
import { bindName, deleteName } from './names.js';

/** Notes that an object now also holds a value. */
export function store(m: Machine, holder: Value, stored: Value): void {
  const { regions } = m.world;
  for (const region of holder.regions) {
    if (stored.type !== 'immutable') regions.soil(region);
    regions.keep(region, stored.callees);
  }
  if (stored.regions.size > 0) regions.unify([...holder.regions, ...stored.regions]);
}

/** A function stored as an attribute of a class, or of any instance, is one more method it may have. */
export function storeMember(m: Machine, holder: Value, name: string, stored: Value): void {
  const owners = [...holder.callees, ...(holder.instanceOf ? [holder.instanceOf] : [])];
  for (const owner of owners)
    if (owner.kind === 'class' && stored.callees.size > 0) owner.body.widen(name, stored);
  m.world.touchEpoch();
}

/** A change in place by an attribute or subscript store, or by `del` of one. */
export function changeInPlace(
  m: Machine,
  target: Expr & { nodeType: 'Attribute' | 'Subscript' },
  stored: Value,
  frame: Frame,
): void {
  const holder = m.evaluate(target.value, frame);
  const text = target.nodeType === 'Attribute' ? `stores into .${target.attr}` : 'stores into an element';
  if (target.nodeType === 'Subscript') m.evaluate(target.slice, frame);
  if (holder.path !== null && isSetting(holder.path)) {
    m.world.effect('process', { text: `sets ${holder.path}` });
    return;
  }
  m.world.change(holder, text, { certain: true, code: true });
  if (holder.path !== null) m.world.patchedModules.add(holder.path.split('.')[0] ?? holder.path);
  store(m, holder, stored);
  if (target.nodeType === 'Attribute' && stored.callees.size > 0) storeMember(m, holder, target.attr, stored);
  if (holder.instanceOf || holder.open) m.operate([holder]);
}

export function assign(m: Machine, target: Expr, assigned: Value, frame: Frame): void {
  switch (target.nodeType) {
    case 'Name':
      bindName(m.world, target.id, assigned, frame);
      return;
    case 'Attribute':
    case 'Subscript':
      changeInPlace(m, target, assigned, frame);
      return;
    case 'Starred': {
      const region = m.world.regions.fresh();
      m.world.regions.unify([region, ...assigned.regions]);
      assign(m, target.value, value({ regions: new Set([region]), type: 'list' }), frame);
      return;
    }
    case 'List':
    case 'Tuple': {
      const element = m.consume(assigned, target, frame);
      for (const each of target.elts)
        assign(m, each, each.nodeType === 'Starred' ? assigned : element, frame);
      return;
    }
    default:
      // Nothing else can be assigned to; CPython rejects it before it gets here.
      m.evaluate(target, frame);
  }
}

export function remove(m: Machine, target: Expr, frame: Frame): void {
  if (target.nodeType === 'Name') deleteName(m.world, target.id, frame);
  else if (target.nodeType === 'Attribute' || target.nodeType === 'Subscript')
    changeInPlace(m, target, IMMUTABLE, frame);
  else if (target.nodeType === 'List' || target.nodeType === 'Tuple')
    for (const each of target.elts) remove(m, each, frame);
}

/** Binds the captures of a pattern. */
export function capture(m: Machine, pattern: Pattern, subject: Value, frame: Frame): void {
  const part = subject.type === 'immutable' ? subject : unknownIn(subject.regions);
  switch (pattern.nodeType) {
    case 'MatchValue':
      m.operate([subject, m.evaluate(pattern.value, frame)]);
      return;
    case 'MatchSingleton':
      return;
    case 'MatchSequence':
      for (const each of pattern.patterns) capture(m, each, part, frame);
      return;
    case 'MatchOr':
      for (const each of pattern.patterns) capture(m, each, subject, frame);
      return;
    case 'MatchMapping':
      for (const key of pattern.keys) m.evaluate(key, frame);
      for (const each of pattern.patterns) capture(m, each, part, frame);
      if (pattern.rest !== undefined) bindName(m.world, pattern.rest, part, frame);
      return;
    case 'MatchClass':
      m.operate([m.evaluate(pattern.cls, frame), subject]);
      for (const each of [...pattern.patterns, ...pattern.kwd_patterns]) capture(m, each, part, frame);
      return;
    case 'MatchStar':
      if (pattern.name !== undefined) bindName(m.world, pattern.name, part, frame);
      return;
    case 'MatchAs':
      if (pattern.pattern) capture(m, pattern.pattern, subject, frame);
      if (pattern.name !== undefined) bindName(m.world, pattern.name, joinAll([subject]), frame);
  }
}
