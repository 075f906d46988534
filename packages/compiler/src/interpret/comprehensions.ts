// Comprehensions and generator expressions: a scope of their own, the first iterable outside it; generators run when consumed.
import { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import type { AnyComprehension } from '../py-node.js';
import { join, value, type LazyCallee, type Value } from '../values.js';
import { noteComprehension } from '../loops/note-loops.js';
import { store } from './assign.js';
import { freshRegion } from './objects.js';

function runGenerators(m: Machine, node: AnyComprehension, inner: Frame, first: Value, frame: Frame): Value {
  node.generators.forEach((generator, i) => {
    const iterable = i === 0 ? first : m.evaluate(generator.iter, inner);
    m.assign(generator.target, m.consume(iterable, generator, frame), inner);
    for (const condition of generator.ifs) m.operate([m.evaluate(condition, inner)]);
  });
  return element(m, node, inner);
}

function element(m: Machine, node: AnyComprehension, inner: Frame): Value {
  if (node.nodeType !== 'DictComp') return m.evaluate(node.elt, inner);
  return join(m.evaluate(node.key, inner), m.evaluate(node.value, inner));
}

export function evaluateComprehension(m: Machine, node: AnyComprehension, frame: Frame): Value {
  const inner = frame.activation(
    node,
    node,
    () => new Frame(frame.scopes.of(node), frame.scopes, frame, frame.cell),
  );
  inner.certain = false;
  const firstGenerator = node.generators[0];
  if (!firstGenerator) return value({});
  const first = m.evaluate(firstGenerator.iter, frame);
  if (node.nodeType === 'GeneratorExp') {
    let lazy = frame.calleesMade.get(node) as LazyCallee | undefined;
    if (!lazy) {
      lazy = { kind: 'lazy', run: () => runGenerators(m, node, inner, first, frame) };
      frame.calleesMade.set(node, lazy);
    }
    const region = freshRegion(m, frame, node, { plain: true });
    m.world.regions.keep(region, [lazy]);
    return value({ regions: new Set([region]), callees: new Set([lazy]), type: 'iterator' });
  }
  const made = value({
    regions: new Set([freshRegion(m, frame, node, { plain: true })]),
    type: { ListComp: 'list', SetComp: 'set', DictComp: 'dict' }[node.nodeType],
  });
  const item = runGenerators(m, node, inner, first, frame);
  if (node.nodeType === 'ListComp') noteComprehension(m, node, inner, frame);
  store(m, made, item);
  return made;
}
