// What happens when values are iterated or meet an operator: iterators move on, generators run, special methods are called.
import type { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import {
  argumentsOf,
  IMMUTABLE,
  joinAll,
  NOTHING,
  unknownIn,
  type Callee,
  type ClassCallee,
  type Value,
} from '../values.js';
import { classChain, methodOf } from './classes.js';
import { callWithUnknown } from './functions.js';
import type { RegionId } from '../regions.js';

/** Built-in containers and library types that can be iterated again and again without a change. */
const CONTAINERS = new Set([
  'list',
  'dict',
  'set',
  'tuple',
  'collections.deque',
  'collections.Counter',
  'collections.defaultdict',
  'collections.OrderedDict',
  'numpy.ndarray',
  'pandas.DataFrame',
  'sklearn.Bunch',
  'function',
  'class',
  'bytearray',
]);

export function isContainer(value: Value): boolean {
  return value.type !== null && CONTAINERS.has(value.type);
}

function lazies(m: Machine, value: Value): Callee[] {
  const kept = [...value.regions].flatMap((region) => [...m.world.regions.callables(region)]);
  return [...new Set([...value.callees, ...kept])].filter((callee) => callee.kind === 'lazy');
}

/** What an element of a container may be. */
export function elementOf(m: Machine, value: Value): Value {
  if (value.type === 'immutable' || value.type === 'nothing')
    return value.type === 'nothing' ? value : IMMUTABLE;
  if (
    value.regions.size > 0 &&
    !value.open &&
    [...value.regions].every((region) => m.world.regions.isPlain(region))
  )
    return IMMUTABLE;
  return { ...unknownIn(value.regions), type: value.type === 'numpy.ndarray' ? value.type : null };
}

export function consume(m: Machine, value: Value, site: object, frame: Frame): Value {
  const made = lazies(m, value).map((callee) => m.invoke(callee, argumentsOf([]), site, frame));
  if (value.type === 'file') m.world.effect('io', { text: 'reads a file', readOnly: true });
  if (value.instanceOf) m.operate([value]);
  else if (value.type !== 'immutable' && value.type !== 'nothing' && !isContainer(value)) {
    // It may be an iterator, which moves on for everybody who holds it.
    m.world.change(value, 'may move an iterator on', {
      certain: value.type === 'iterator' || value.type === 'file',
    });
    if (value.open) m.operate([value]);
  }
  if (made.length > 0 && value.type === 'iterator')
    return joinAll([...made, elementOf(m, { ...value, callees: new Set() })]);
  return joinAll([...made, elementOf(m, value)]);
}

const NOT_OPERATORS = new Set(['__init__', '__new__', '__init_subclass__', '__class_getitem__']);

function isSpecial(name: string): boolean {
  return name.startsWith('__') && name.endsWith('__') && !NOT_OPERATORS.has(name);
}

/** Runs the special methods that an operator may reach in the values' classes. */
export function operate(m: Machine, values: readonly Value[]): void {
  const others = joinAll(values);
  for (const value of values) {
    if (value.instanceOf) operateInstance(m, value, value.instanceOf, others);
    else if (value.open)
      for (const region of m.world.regions.roots(value.regions)) operateUnknown(m, region, others);
  }
}

function operateUnknown(m: Machine, region: RegionId, others: Value): void {
  const reached = [...m.world.regions.callables(region)].filter((callee) => {
    const inner = callee.kind === 'bound' ? callee.callee : callee;
    return inner.kind === 'function' && isSpecial(inner.name);
  });
  if (reached.length === 0) return;
  m.touches.touch({ kind: 'operator', region, reach: reached.length }, () =>
    joinAll(reached.map((callee) => callWithUnknown(m, callee, others))),
  );
}

function operateInstance(m: Machine, value: Value, start: ClassCallee, others: Value): void {
  const names = new Set(
    classChain(start)
      .flatMap((each) => [...each.body.locals.keys()])
      .filter(isSpecial),
  );
  const [region] = value.regions;
  if (names.size === 0 || region === undefined) return;
  const roots = [...m.world.regions.roots(others.regions)].sort((a, b) => a - b).join(',');
  const kind = `operator of ${start.cell} ${start.node.lineno} ${start.node.col_offset} with ${roots}`;
  m.touches.touch({ kind, region, reach: names.size }, () => {
    for (const name of names) {
      for (const callee of methodOf(start, name)?.callees ?? []) {
        m.invoke(callee, { ...argumentsOf([value]), starred: [unknownIn(others.regions)] }, callee, m.apart);
      }
    }
    return NOTHING;
  });
}
