// Evaluates expressions in Python's order to abstract values. Calls go to calls.ts, comprehensions to comprehensions.ts.
import { assertNever } from '@cellfarm/protocol';
import type { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import type { Constant, Dict, Expr, Lambda, Sequence } from '../py-node.js';
import { stringLiteral } from '../py-node.js';
import {
  IMMUTABLE,
  join,
  joinAll,
  NOTHING,
  unknownIn,
  value,
  type FunctionCallee,
  type Value,
} from '../values.js';
import { evaluateCall } from './call-expression.js';
import { evaluateComprehension } from './comprehensions.js';
import { bindWalrus, lookUp } from './names.js';
import { freshRegion } from './objects.js';
import { store } from './assign.js';
import { isGenerator } from './generators.js';
import { partType } from './part-types.js';

function constant(node: Constant): Value {
  const text = stringLiteral(node);
  return text === null ? IMMUTABLE : { ...IMMUTABLE, text };
}

/** A container made here that holds the values given. */
function container(m: Machine, node: object, type: string, items: readonly Value[], frame: Frame): Value {
  const region = freshRegion(m, frame, node, { plain: true });
  const made = value({ regions: new Set([region]), type });
  for (const item of items) store(m, made, item);
  return type === 'tuple' && items.every((item) => item.type === 'immutable' && item.callees.size === 0)
    ? IMMUTABLE
    : made;
}

function sequence(m: Machine, node: Sequence, frame: Frame): Value {
  const items = node.elts.map((each) =>
    each.nodeType === 'Starred'
      ? m.consume(m.evaluate(each.value, frame), each, frame)
      : m.evaluate(each, frame),
  );
  if (node.nodeType === 'Set') m.operate(items);
  return container(m, node, node.nodeType.toLowerCase(), items, frame);
}

function dict(m: Machine, node: Dict, frame: Frame): Value {
  const items: Value[] = [];
  node.values.forEach((each, i) => {
    const key = node.keys[i] ?? null;
    if (key) items.push(m.evaluate(key, frame), m.evaluate(each, frame));
    else items.push(m.consume(m.evaluate(each, frame), each, frame));
  });
  return container(m, node, 'dict', items, frame);
}

/** Types whose operators always give a new object. */
const FRESH_OPERATORS = new Set(['numpy.ndarray', 'pandas.DataFrame']);

function operation(m: Machine, node: object, operands: readonly Value[], frame: Frame): Value {
  m.operate(operands);
  if (operands.every((each) => each.type === 'immutable' || each.type === 'nothing')) return IMMUTABLE;
  const region = freshRegion(m, frame, node, { plain: true });
  const types = operands.map((each) => each.type);
  const fresh = types.find((type) => type !== null && FRESH_OPERATORS.has(type));
  if (fresh !== undefined && types.every((type) => type === 'immutable' || type === fresh)) {
    m.world.regions.soil(region);
    return value({ regions: new Set([region]), type: fresh });
  }
  const regions = operands.flatMap((each) => [...each.regions]);
  const type = types.every((each) => each === types[0]) ? (types[0] ?? null) : null;
  const result = value({ regions: new Set([region]), type, open: type === null });
  if (!regions.every((each) => m.world.regions.isPlain(each)) || type === null) {
    m.world.regions.soil(region);
    m.world.regions.unify([region, ...regions]);
  }
  return result;
}

function comparison(m: Machine, node: object, operands: readonly Value[], frame: Frame): Value {
  m.operate(operands);
  if (
    operands.every(
      (each) => each.type === 'immutable' || ['list', 'dict', 'set', 'tuple'].includes(each.type ?? ''),
    )
  )
    return IMMUTABLE;
  const type =
    operands.map((each) => each.type).find((each) => each !== null && FRESH_OPERATORS.has(each)) ?? null;
  return value({ regions: new Set([freshRegion(m, frame, node)]), type });
}

function subscript(m: Machine, node: Expr & { nodeType: 'Subscript' }, frame: Frame): Value {
  const holder = m.evaluate(node.value, frame);
  const index = m.evaluate(node.slice, frame);
  m.operate([holder, index]);
  if (holder.type === 'immutable') return IMMUTABLE;
  if (holder.type === 'collections.defaultdict')
    m.world.change(holder, 'reads a missing key of a defaultdict', {});
  const sliced = node.slice.nodeType === 'Slice';
  const plain = [...holder.regions].every((each) => m.world.regions.isPlain(each));
  if (plain && !sliced && index.type === 'immutable' && holder.regions.size > 0) return IMMUTABLE;
  if (sliced && holder.type === 'list') {
    const region = freshRegion(m, frame, node, { plain });
    if (!plain) m.world.regions.unify([region, ...holder.regions]);
    return value({ regions: new Set([region]), type: 'list' });
  }
  // `df['x']` of a data frame, a view of an array, an element of a container: part of the same region.
  return { ...unknownIn(holder.regions), type: partType(holder.type) };
}

function lambda(m: Machine, node: Lambda, frame: Frame): Value {
  const defaults = joinAll(
    [...node.args.defaults, ...node.args.kw_defaults].map((each) =>
      each ? m.evaluate(each, frame) : NOTHING,
    ),
  );
  let callee = frame.calleesMade.get(node) as FunctionCallee | undefined;
  if (!callee) {
    const generator = isGenerator(node);
    callee = {
      kind: 'function',
      name: '<lambda>',
      node,
      scopes: frame.scopes,
      closure: frame,
      defaults,
      cell: m.world.origin.cell,
      binding: 'plain',
      generator,
    };
    frame.calleesMade.set(node, callee);
  }
  const region = freshRegion(m, frame, node, { code: true });
  return value({
    regions: new Set([region, ...defaults.regions]),
    callees: new Set([callee]),
    type: 'function',
  });
}

export function evaluate(m: Machine, node: Expr, frame: Frame): Value {
  switch (node.nodeType) {
    case 'Name':
      return lookUp(m.world, node.id, frame);
    case 'Constant':
      return constant(node);
    case 'Attribute':
      return m.attribute(m.evaluate(node.value, frame), node.attr, node, frame);
    case 'Subscript':
      return subscript(m, node, frame);
    case 'Starred':
      return m.consume(m.evaluate(node.value, frame), node, frame);
    case 'Call':
      return evaluateCall(m, node, frame);
    case 'List':
    case 'Tuple':
    case 'Set':
      return sequence(m, node, frame);
    case 'Dict':
      return dict(m, node, frame);
    case 'ListComp':
    case 'SetComp':
    case 'DictComp':
    case 'GeneratorExp':
      return evaluateComprehension(m, node, frame);
    case 'Lambda':
      return lambda(m, node, frame);
    case 'BoolOp': {
      const values = node.values.map((each) => m.evaluate(each, frame));
      m.operate(values);
      return joinAll(values);
    }
    case 'NamedExpr': {
      const bound = m.evaluate(node.value, frame);
      bindWalrus(m.world, node.target.id, bound, frame);
      return bound;
    }
    case 'BinOp':
      return operation(m, node, [m.evaluate(node.left, frame), m.evaluate(node.right, frame)], frame);
    case 'UnaryOp':
      return operation(m, node, [m.evaluate(node.operand, frame)], frame);
    case 'IfExp': {
      m.operate([m.evaluate(node.test, frame)]);
      return join(m.evaluate(node.body, frame), m.evaluate(node.orelse, frame));
    }
    case 'Await':
      return m.consume(m.evaluate(node.value, frame), node, frame);
    case 'Yield': {
      const given = node.value ? m.evaluate(node.value, frame) : IMMUTABLE;
      frame.returns = join(frame.returns, given);
      return unknownIn(given.regions);
    }
    case 'YieldFrom': {
      const given = m.consume(m.evaluate(node.value, frame), node, frame);
      frame.returns = join(frame.returns, given);
      return unknownIn(given.regions);
    }
    case 'Compare':
      return comparison(
        m,
        node,
        [node.left, ...node.comparators].map((each) => m.evaluate(each, frame)),
        frame,
      );
    case 'FormattedValue':
    case 'Interpolation':
      m.operate([m.evaluate(node.value, frame)]);
      if (node.format_spec) m.evaluate(node.format_spec, frame);
      return IMMUTABLE;
    case 'JoinedStr':
    case 'TemplateStr':
      for (const each of node.values) m.evaluate(each, frame);
      return IMMUTABLE;
    case 'Slice':
      for (const each of [node.lower, node.upper, node.step]) if (each) m.operate([m.evaluate(each, frame)]);
      return IMMUTABLE;
    default:
      return assertNever(node);
  }
}
