// Recognises the loop forms while the interpreter meets them at the top level of a cell, and keeps what each element does.
import type { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import { dottedName, namesIn } from '../names-in.js';
import { Observations } from '../observations.js';
import type { Call, Expr, For, PyNode } from '../py-node.js';
import { asCall, walk, type ElementComprehension } from '../py-node.js';
import { argumentsOf, type Value } from '../values.js';
import type { LoopCandidate } from './candidate.js';

const SIMPLE_AROUND = new Set([
  'Tuple',
  'List',
  'Dict',
  'Set',
  'Name',
  'Constant',
  'Load',
  'Call',
  'Keyword',
]);

function isCellFrame(frame: Frame): boolean {
  return frame.outer === null && frame.scope.kind === 'module';
}

/** Home binds the items once more for the elements that leave, which it does for plain names only. */
function targetObstacle(target: Expr): LoopCandidate['obstacle'] {
  const plain = new Set(['Name', 'Tuple', 'List', 'Starred', 'Store', 'Load']);
  if ([...walk(target)].every((node) => plain.has(node.nodeType))) return null;
  return {
    code: 'loop-target',
    text: 'it assigns its items to a part of an object',
    fix: 'use plain names for the items',
  };
}

function obstacleIn(element: Expr): LoopCandidate['obstacle'] {
  for (const node of walk(element)) {
    if (node.nodeType === 'Await' || node.nodeType === 'Yield' || node.nodeType === 'YieldFrom') {
      return {
        code: 'element-awaits',
        text: 'its element awaits or yields',
        fix: 'move the await out of the loop',
      };
    }
    if (node.nodeType === 'NamedExpr') {
      return {
        code: 'element-binds',
        text: 'its element binds a name with :=',
        fix: 'bind the name inside the function',
      };
    }
  }
  return null;
}

/** `[ELEMENT for T in XS if …]` at the top level. */
export function noteComprehension(m: Machine, node: ElementComprehension, inner: Frame, frame: Frame): void {
  const [generator] = node.generators;
  if (!isCellFrame(frame) || !generator) return;
  const seen = new Observations();
  const callee = node.elt.nodeType === 'Call' ? m.evaluate(node.elt.func, inner) : null;
  m.world.observe(seen, () => m.evaluate(node.elt, inner));
  let obstacle = obstacleIn(node.elt);
  if (node.generators.length > 1) {
    obstacle = {
      code: 'nested-loops',
      text: 'it has more than one `for`',
      fix: 'make the pairs first, for example with itertools.product',
    };
  } else if (generator.is_async !== 0) {
    obstacle = { code: 'async-loop', text: 'it is an async loop', fix: 'collect the items first' };
  } else if (generator.ifs.length > 0) {
    obstacle = {
      code: 'filtered',
      text: 'it filters its items',
      fix: 'filter the items first, in a line of its own',
    };
  }
  obstacle ??= targetObstacle(generator.target);
  m.loops.set(node, {
    form: 'comprehension',
    node,
    element: node.elt,
    over: generator.iter,
    targets: namesIn(generator.target),
    callee,
    calleeText:
      node.elt.nodeType === 'Call' ? (dottedName(node.elt.func) ?? 'the expression') : 'the element',
    seen,
    item: m.evaluate(generator.target, inner),
    accumulators: [],
    sharing: null,
    obstacle,
  });
}

/** `list(map(f, xs))` at the top level. `outer` is the call of `list`, `inner` that of `map`. */
export function noteMapCall(
  m: Machine,
  outer: Call,
  inner: Call,
  mapped: Value,
  items: Value,
  frame: Frame,
): void {
  const [element, over] = inner.args;
  if (!isCellFrame(frame) || !element || !over || inner.args.length !== 2 || inner.keywords.length > 0)
    return;
  if (element.nodeType === 'Starred' || over.nodeType === 'Starred') return;
  const seen = new Observations();
  m.world.observe(seen, () => m.call(mapped, argumentsOf([items]), inner, frame));
  m.loops.set(outer, {
    form: 'map-call',
    node: outer,
    element,
    over,
    targets: [],
    callee: mapped,
    calleeText: dottedName(element) ?? 'the expression',
    seen,
    item: items,
    accumulators: [],
    sharing: null,
    obstacle: null,
  });
}

interface AppendCall {
  readonly list: string;
  readonly appended: Expr;
}

/** `out.append(E)` as the only statement of a loop. */
function appendCall(node: For): AppendCall | null {
  const [only] = node.body;
  if (node.body.length !== 1 || only?.nodeType !== 'Expr' || only.value.nodeType !== 'Call') return null;
  const { func, args, keywords } = only.value;
  const [appended] = args;
  if (func.nodeType !== 'Attribute' || func.attr !== 'append' || func.value.nodeType !== 'Name') return null;
  if (args.length !== 1 || keywords.length > 0 || !appended || appended.nodeType === 'Starred') return null;
  return { list: func.value.id, appended };
}

/** The one call of a claimed function inside an appended expression that computes nothing else. */
function claimedCall(m: Machine, appended: Expr, frame: Frame): Call | null {
  for (const node of walk(appended)) {
    const call = asCall(node);
    if (!call) continue;
    const callee = m.evaluate(call.func, frame);
    if (callee.claim === null) continue;
    const inside = new Set<PyNode>(walk(call));
    const others = [...walk(appended)].filter((node) => !inside.has(node));
    return others.every((node) => SIMPLE_AROUND.has(node.nodeType) && node.nodeType !== 'Call') ? call : null;
  }
  return null;
}

function forObstacle(node: For): LoopCandidate['obstacle'] {
  if (node.nodeType === 'AsyncFor') {
    return { code: 'async-loop', text: 'it is an async loop', fix: 'collect the items first' };
  }
  if (node.orelse.length === 0) return null;
  return { code: 'loop-else', text: 'it has an else', fix: 'move the else branch behind the loop' };
}

/** A name that the elements read and whose objects may be connected with the list. */
function sharedBefore(
  m: Machine,
  seen: Observations,
  list: Value,
  targets: readonly string[],
): string | null {
  const { regions, namespace } = m.world;
  const ofList = regions.roots(list.regions);
  for (const name of seen.reads.keys()) {
    if (targets.includes(name)) continue;
    const own = regions.roots(namespace.get(name)?.value.regions ?? []);
    if ([...own].some((region) => ofList.has(region))) return name;
  }
  return null;
}

/** `for T in XS: out.append(E)` at the top level; other `for` loops are kept too, with what is in the way. */
export function noteFor(m: Machine, node: For, item: Value, frame: Frame): void {
  if (!isCellFrame(frame)) return;
  const base = {
    form: 'append-loop',
    node,
    over: node.iter,
    targets: namesIn(node.target),
    item,
  } as const;
  const append = appendCall(node);
  const shape = forObstacle(node) ?? targetObstacle(node.target);
  if (!append) {
    const obstacle = shape ?? {
      code: 'loop-form',
      text: 'its body is more than one append',
      fix: 'put the body into a function f and write out.append(f(x))',
    };
    m.loops.set(node, {
      ...base,
      element: null,
      callee: null,
      calleeText: 'the body',
      seen: new Observations(),
      accumulators: [],
      sharing: null,
      obstacle,
    });
    return;
  }
  const call =
    claimedCall(m, append.appended, frame) ?? (append.appended.nodeType === 'Call' ? append.appended : null);
  const element = m.mapRole ? append.appended : (call ?? append.appended);
  const seen = new Observations();
  m.world.observe(seen, () => m.evaluate(element, frame));
  const callee = call ? m.evaluate(call.func, frame) : null;
  const { lineno, col_offset, end_lineno, end_col_offset } = node.target;
  const place = { lineno, col_offset, end_lineno, end_col_offset };
  const list = m.evaluate({ ...place, nodeType: 'Name', id: append.list, ctx: { nodeType: 'Load' } }, frame);
  const notList =
    list.type !== 'list'
      ? {
          code: 'not-a-list',
          text: `${append.list} is not known to be a list`,
          fix: `bind ${append.list} = [] before the loop`,
        }
      : null;
  const known = m.loops.get(node);
  m.loops.set(node, {
    ...base,
    element,
    callee,
    calleeText: call ? (dottedName(call.func) ?? 'the expression') : 'the element',
    seen,
    accumulators: [append.list],
    // Later rounds have appended results, which may share with anything by then.
    sharing: known ? known.sharing : sharedBefore(m, seen, list, base.targets),
    obstacle: shape ?? obstacleIn(append.appended) ?? notList,
  });
}
