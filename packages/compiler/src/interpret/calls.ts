// Calls of values: notebook functions are followed, known library functions do what their specification says, and of all
// others only this is assumed: they may read and change whatever they are given, and connect it.
import type { Frame } from '../frame.js';
import { specificationOf } from '../library/lookup.js';
import type { Machine } from '../machine.js';
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
  type Value,
} from '../values.js';
import { applySpecification } from './apply-specification.js';
import { methodOf } from './classes.js';
import { callWithUnknown } from './functions.js';
import { freshRegion } from './objects.js';
import { partType } from './part-types.js';
import { callSpecial } from './special-calls.js';

/** Modules whose functions keep what they are given and run it later, at any time. */
const BACKGROUND =
  /^(threading|_thread|concurrent|multiprocessing|asyncio|signal|atexit|sched|weakref|sys\.set|faulthandler|ipywidgets|tkinter|joblib)/;

function reachable(m: Machine, all: Value): Set<Callee> {
  const { regions } = m.world;
  return new Set([
    ...all.callees,
    ...[...regions.roots(all.regions)].flatMap((region) => [...regions.callables(region)]),
  ]);
}

/** A call of something that is not known. */
function callUnknown(m: Machine, text: string, values: readonly Value[], site: object, frame: Frame): Value {
  const { world } = m;
  const all = joinAll(values);
  if (world.regions.roots(all.regions).has(world.regions.find(world.everything()))) {
    world.barrier(`calls ${text}, which hidden code made`);
  }
  world.change(all, `may be changed by ${text}`);
  world.effect('unknown', { certain: false, text: `calls ${text}` });
  const region = freshRegion(m, frame, site);
  const callees = reachable(m, all);
  world.regions.unify([region, ...all.regions]);
  world.regions.keep(region, callees);
  for (const each of all.regions) world.regions.soil(each);
  if (BACKGROUND.test(text)) for (const callee of callees) world.background.add(callee);
  const reached = [...callees];
  const touched = m.touches.touch({ kind: 'call', region }, reached, all, () =>
    callWithUnknown(m, reached, all),
  );
  return join(unknownIn(world.regions.roots([region, ...all.regions])), touched);
}

function callLibrary(
  m: Machine,
  path: string,
  receiver: Value | null,
  args: CallArguments,
  site: object,
  frame: Frame,
): Value {
  const special = callSpecial(m, path, args, site, frame);
  if (special) return special;
  const patched = m.world.patchedModules.has(path.split('.')[0] ?? path);
  const specification = patched ? null : specificationOf(path);
  if (specification) return applySpecification(m, path, specification, receiver, args, site, frame);
  return callUnknown(m, path, [...(receiver ? [receiver] : []), ...allArguments(args)], site, frame);
}

export function call(m: Machine, callee: Value, args: CallArguments, site: object, frame: Frame): Value {
  if (callee.type === 'nothing') return NOTHING;
  const results: Value[] = [];
  const { certain } = frame;
  if (callee.open || callee.callees.size !== 1) frame.certain = false;
  if (callee.path !== null) results.push(callLibrary(m, callee.path, null, args, site, frame));
  for (const each of callee.callees) results.push(m.invoke(each, args, site, frame));
  if (callee.instanceOf) {
    const method = methodOf(callee.instanceOf, '__call__');
    results.push(
      method
        ? m.call(
            { ...method, open: false },
            { ...args, positional: [callee, ...args.positional] },
            site,
            frame,
          )
        : callUnknown(m, 'an object', [callee, ...allArguments(args)], site, frame),
    );
  }
  if (callee.open || results.length === 0)
    results.push(
      callUnknown(m, 'a function that is not known', [callee, ...allArguments(args)], site, frame),
    );
  frame.certain = certain;
  return joinAll(results);
}

/** `df.query('a > @limit')` looks names up in the notebook. */
function readQuery(m: Machine, args: CallArguments): void {
  for (const [, name = ''] of (args.positional[0]?.text ?? '').matchAll(/@([A-Za-z_]\w*)/g)) {
    if (m.world.namespace.get(name)) m.world.readGlobal(name);
  }
}

export function callMethod(
  m: Machine,
  receiver: Value,
  name: string,
  args: CallArguments,
  site: object,
  frame: Frame,
): Value {
  if (receiver.type === 'nothing') return NOTHING;
  if (receiver.path !== null && !receiver.open)
    return callLibrary(m, `${receiver.path}.${name}`, null, args, site, frame);
  if (name === 'query' || name === 'eval') readQuery(m, args);
  if (receiver.type === 'immutable') {
    for (const each of allArguments(args)) m.consume(each, site, frame);
    return IMMUTABLE;
  }
  if (receiver.instanceOf) {
    const method = methodOf(receiver.instanceOf, name);
    if (method) return m.call(m.attribute(receiver, name, site, frame), args, site, frame);
  } else if (receiver.type === 'class' && receiver.callees.size > 0) {
    return m.call(m.attribute(receiver, name, site, frame), args, site, frame);
  } else if (receiver.type !== null) {
    const path = `${receiver.type}.${name}`;
    const specification = specificationOf(path);
    if (specification) return applySpecification(m, path, specification, receiver, args, site, frame);
  }
  return callUnknown(m, `.${name}()`, [receiver, ...allArguments(args)], site, frame);
}

/** An attribute that is read. */
export function attribute(m: Machine, receiver: Value, name: string, site: object, frame: Frame): Value {
  if (receiver.type === 'nothing' || receiver.type === 'immutable') return receiver;
  if (receiver.path !== null && !receiver.open) {
    if (receiver.path === 'sys' && name === 'modules') m.world.barrier('looks at all modules');
    return value({ path: `${receiver.path}.${name}`, type: 'function', regions: receiver.regions });
  }
  const owner = receiver.instanceOf ?? [...receiver.callees].find((each) => each.kind === 'class');
  const found = owner?.kind === 'class' ? methodOf(owner, name) : undefined;
  if (found && owner?.kind === 'class') return boundAttribute(m, receiver, found, site, frame);
  if (receiver.instanceOf) {
    const getter =
      methodOf(receiver.instanceOf, '__getattr__') ?? methodOf(receiver.instanceOf, '__getattribute__');
    if (getter) return m.call({ ...getter, open: false }, argumentsOf([receiver, IMMUTABLE]), site, frame);
  }
  if (SCALAR_ATTRIBUTES.test(`${receiver.type ?? ''}.${name}`)) return IMMUTABLE;
  return { ...unknownIn(receiver.regions), type: partType(receiver.type) };
}

const SCALAR_ATTRIBUTES =
  /^(numpy\.ndarray|pandas\.DataFrame)\.(shape|size|ndim|dtype|nbytes|itemsize|empty)$/;

function boundAttribute(m: Machine, receiver: Value, found: Value, site: object, frame: Frame): Value {
  const plain: Callee[] = [];
  const results: Value[] = [];
  for (const callee of found.callees) {
    if (callee.kind !== 'function') plain.push(callee);
    else if (callee.binding === 'property') {
      if (receiver.instanceOf) results.push(m.invoke(callee, argumentsOf([receiver]), site, frame));
    } else if (callee.binding === 'class' || (callee.binding === 'plain' && receiver.instanceOf)) {
      plain.push({ kind: 'bound', self: receiver, callee });
    } else plain.push(callee);
  }
  return joinAll([
    ...results,
    ...(plain.length > 0 || results.length === 0 ? [{ ...found, callees: new Set(plain) }] : []),
  ]);
}
