// Looks up and binds a name in the scope it belongs to: locals in their frame, everything else in the notebook's namespace.
import type { Frame } from '../frame.js';
import { mangle, resolve } from '../scopes.js';
import { IMMUTABLE, join, NOTHING, type Value } from '../values.js';
import type { World } from '../world.js';

export function lookUp(world: World, name: string, frame: Frame): Value {
  const plain = mangle(name, frame.scope);
  const found = resolve(frame.scope, name);
  if (found.kind === 'global') return world.readGlobal(plain);
  // Type parameters have no frame: they are never changed.
  if (found.scope.kind === 'type-parameters') return IMMUTABLE;
  if (found.scope.kind === 'class') {
    const own = frame.locals.get(plain);
    // What the body bound only maybe, a name around may still give.
    const outer =
      !own || (!frame.certain && world.namespace.get(plain)) ? lookUpFrom(world, plain, frame) : NOTHING;
    return own ? join(own, outer) : outer;
  }
  return frame.holding(found.scope)?.locals.get(plain) ?? NOTHING;
}

/** A name of a class body that the body has not bound (yet): what the scopes around give. */
function lookUpFrom(world: World, name: string, frame: Frame): Value {
  let scope = frame.scope.parent;
  while (scope && scope.kind !== 'module') {
    if (scope.kind !== 'class' && scope.bound.has(name))
      return frame.outer?.holding(scope)?.locals.get(name) ?? IMMUTABLE;
    scope = scope.parent;
  }
  return world.readGlobal(name);
}

export function bindName(world: World, name: string, value: Value, frame: Frame): void {
  const plain = mangle(name, frame.scope);
  const found = frame.scope.kind === 'comprehension' ? null : resolve(frame.scope, name);
  if (found?.kind === 'global') return world.bindGlobal(plain, value, frame.certain);
  const holder = found ? frame.holding(found.scope) : frame;
  if (holder) widen(world, holder, plain, value);
}

/** Widening a local counts as a change of the world: functions defined inside may see it. */
function widen(world: World, frame: Frame, name: string, value: Value): void {
  const before = frame.changes;
  frame.widen(name, value);
  if (frame.changes !== before && frame.calleesMade.size > 0) world.touchEpoch();
}

/** A walrus binds in the nearest scope that is not a comprehension. */
export function bindWalrus(world: World, name: string, value: Value, frame: Frame): void {
  let at: Frame = frame;
  while (at.scope.kind === 'comprehension' && at.outer) at = at.outer;
  const certain = at.certain;
  at.certain = certain && at === frame;
  bindName(world, name, value, at);
  at.certain = certain;
}

export function deleteName(world: World, name: string, frame: Frame): void {
  const plain = mangle(name, frame.scope);
  if (resolve(frame.scope, name).kind === 'global') world.deleteGlobal(plain, frame.certain);
}
