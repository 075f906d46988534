// Applies what the library pack says of a function: what it reads to the end, calls, changes, and gives back.
import { assertNever } from '@cellfarm/protocol';
import type { Frame } from '../frame.js';
import type { Specification } from '../library/specification.js';
import type { Machine } from '../machine.js';
import {
  allArguments,
  argumentsOf,
  IMMUTABLE,
  joinAll,
  value,
  type CallArguments,
  type Value,
} from '../values.js';
import { store } from './assign.js';
import { elementOf } from './iteration.js';
import { freshRegion } from './objects.js';

function keywordText(args: CallArguments, name: string): string | null {
  const node = args.nodes.keywords.get(name);
  return node?.nodeType === 'Constant' ? String(node.value) : null;
}

function isSeeded(specification: Specification, args: CallArguments): boolean {
  return (
    specification.seededBy !== undefined && /^\d+$/.test(keywordText(args, specification.seededBy) ?? '')
  );
}

function effectsOf(specification: Specification, args: CallArguments): Specification['effects'] {
  return isSeeded(specification, args)
    ? specification.effects?.filter((effect) => effect !== 'rng')
    : specification.effects;
}

/** The file that a call concerns, when a literal names it. */
function fileOf(receiver: Value | null, args: CallArguments): string | null {
  if (receiver?.type === 'file') return receiver.text;
  return args.positional[0]?.type === 'immutable' ? args.positional[0].text : null;
}

export function applySpecification(
  m: Machine,
  path: string,
  specification: Specification,
  receiver: Value | null,
  args: CallArguments,
  site: object,
  frame: Frame,
): Value {
  const { world } = m;
  const all = allArguments(args);
  m.operate(all);
  const items = specification.consumes ? args.positional.map((each) => m.consume(each, site, frame)) : [];
  for (const starred of args.starred) items.push(starred);
  const results = callBacks(m, specification, receiver, args, items, site, frame);
  const changed = [...(specification.changes ?? [])];
  if (args.keywords.has('out')) changed.push('out');
  const inPlace =
    specification.inPlaceBy !== undefined &&
    (keywordText(args, specification.inPlaceBy) ?? 'False') !== 'False';
  if (
    inPlace ||
    (specification.inPlaceBy !== undefined &&
      args.nodes.keywords.has(specification.inPlaceBy) &&
      keywordText(args, specification.inPlaceBy) === null)
  )
    changed.push('self');
  for (const which of changed) {
    const target =
      which === 'self'
        ? receiver
        : typeof which === 'number'
          ? args.positional[which]
          : args.keywords.get(which);
    if (target) world.change(target, `is changed by ${path}`, { certain: true, code: which === 'self' });
  }
  if (specification.module !== undefined) {
    const module = value({ regions: new Set([world.moduleRegion(specification.module)]) });
    world.change(module, `${path} changes the state of ${specification.module}`, {
      certain: true,
      code: true,
    });
  }
  if (specification.stores && receiver)
    for (const each of [...args.positional, ...items]) store(m, receiver, each);
  for (const effect of effectsOf(specification, args) ?? []) {
    const file = effect === 'io' ? fileOf(receiver, args) : null;
    world.effect(effect, {
      certain: specification.maybe !== true,
      file,
      readOnly: specification.readOnly ?? false,
      text: `calls ${path}`,
    });
  }
  return joinAll([result(m, specification, receiver, args, items, results, site, frame)]);
}

function callBacks(
  m: Machine,
  specification: Specification,
  receiver: Value | null,
  args: CallArguments,
  items: readonly Value[],
  site: object,
  frame: Frame,
): Value[] {
  const results: Value[] = [];
  const callbacks =
    specification.calls === 'all'
      ? allArguments(args).filter((each) => each.callees.size > 0 || (each.open && each.type === null))
      : (specification.calls ?? []).map((which) =>
          typeof which === 'number' ? args.positional[which] : args.keywords.get(which),
        );
  for (const callback of callbacks) {
    if (!callback || callback.type === 'immutable') continue;
    const given = specification.consumes ? items : args.positional.filter((each) => each !== callback);
    const element = joinAll([...(receiver ? [receiver] : []), ...given].map((each) => elementOf(m, each)));
    results.push(m.call(callback, { ...argumentsOf([]), starred: [element] }, site, frame));
  }
  return results;
}

/** Keyword arguments that may be part of what is given back: all but the functions. */
function dataKeywords(args: CallArguments): Value[] {
  return [...args.keywords.values()].filter((each) => each.type !== 'function');
}

function result(
  m: Machine,
  specification: Specification,
  receiver: Value | null,
  args: CallArguments,
  items: readonly Value[],
  calledBack: readonly Value[],
  site: object,
  frame: Frame,
): Value {
  const { regions } = m.world;
  const type =
    (isSeeded(specification, args) ? specification.seededType : undefined) ?? specification.type ?? null;
  const sources = [...(receiver ? [receiver] : []), ...allArguments(args)];
  switch (specification.gives) {
    case 'immutable':
      return IMMUTABLE;
    case 'operation':
      if (sources.every((each) => each.type === 'immutable')) return IMMUTABLE;
      return value({ regions: new Set([freshRegion(m, frame, site)]), type });
    case 'fresh':
      return value({
        regions: new Set([freshRegion(m, frame, site, { plain: specification.plain ?? false })]),
        type,
      });
    case 'shallow': {
      const held = [...items, ...calledBack, ...dataKeywords(args)];
      const plain = held.every((each) => each.type === 'immutable' || each.type === 'nothing');
      const made = value({ regions: new Set([freshRegion(m, frame, site, { plain })]), type });
      for (const each of held) store(m, made, each);
      if (!specification.consumes) for (const each of sources) store(m, made, each);
      return made;
    }
    case 'element':
      return joinAll([
        ...(receiver ? [elementOf(m, receiver)] : []),
        ...items,
        ...calledBack,
        ...dataKeywords(args),
        ...(specification.consumes ? [] : args.positional.map((each) => elementOf(m, each))),
      ]);
    case 'alias': {
      const region = freshRegion(m, frame, site);
      const shared = sources.flatMap((each) => [...each.regions]).filter((each) => !regions.isCode(each));
      regions.unify([region, ...shared]);
      return value({ regions: new Set([region]), type, open: type === null });
    }
    case 'self':
      return receiver ?? args.positional[0] ?? IMMUTABLE;
    default:
      return assertNever(specification.gives);
  }
}
