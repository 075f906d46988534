// What happens when values are iterated or meet an operator: iterators move on, generators run, special methods are called.
import type { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import {
  argumentsOf,
  IMMUTABLE,
  join,
  joinAll,
  NOTHING,
  unknownIn,
  type ClassCallee,
  type Value,
} from '../values.js';
import { classChain, methodOf } from './classes.js';
import { callWithUnknown } from './functions.js';
import { partType } from './part-types.js';
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
  'numpy.arrays',
  'function',
  'class',
  'bytearray',
]);

function isContainer(value: Value): boolean {
  return value.type !== null && CONTAINERS.has(value.type);
}

/** Runs the generators that a value may be or hold. */
function runLazies(m: Machine, value: Value, site: object, frame: Frame): Value {
  const { regions } = m.world;
  const results = [...regions.roots(value.regions)].map((region) => {
    const lazies = [...regions.callables(region)].filter((callee) => callee.kind === 'lazy');
    return m.touches.touch({ kind: 'consume', region }, lazies, value, () =>
      joinAll(lazies.map((callee) => m.invoke(callee, argumentsOf([]), site, frame))),
    );
  });
  return joinAll(results);
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
  return { ...unknownIn(value.regions), type: partType(value.type) };
}

export function consume(m: Machine, value: Value, site: object, frame: Frame): Value {
  const made = value.type === 'immutable' ? NOTHING : runLazies(m, value, site, frame);
  if (value.type === 'file') m.world.effect('io', { text: 'reads a file', readOnly: true });
  if (value.instanceOf) m.operate([value]);
  else if (value.type !== 'immutable' && value.type !== 'nothing' && !isContainer(value)) {
    // It may be an iterator, which moves on for everybody who holds it.
    m.world.change(value, 'may move an iterator on', {
      certain: value.type === 'iterator' || value.type === 'file',
    });
    if (value.open) m.operate([value]);
  }
  return join(made, elementOf(m, value));
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
  m.touches.touch({ kind: 'operator', region }, reached, others, () => callWithUnknown(m, reached, others));
}

function operateInstance(m: Machine, value: Value, start: ClassCallee, others: Value): void {
  const names = new Set(
    classChain(start)
      .flatMap((each) => [...each.body.locals.keys()])
      .filter(isSpecial),
  );
  const methods = [...names].flatMap((name) => [...(methodOf(start, name)?.callees ?? [])]);
  const [region] = value.regions;
  if (region === undefined) return;
  const roots = [...m.world.regions.roots(others.regions)].sort((a, b) => a - b).join(',');
  const kind = `operator of ${start.cell} ${start.node.lineno} ${start.node.col_offset} with ${roots}`;
  m.touches.touch({ kind, region }, methods, others, () => {
    const args = { ...argumentsOf([value]), starred: [unknownIn(others.regions)] };
    return joinAll(methods.map((callee) => m.invoke(callee, args, callee, m.apart)));
  });
}
