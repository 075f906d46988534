// A call as it is written: function first, then arguments from left to right; methods keep their receiver.
import type { Frame } from '../frame.js';
import { noteMapCall } from '../loops/note-loops.js';
import type { Machine } from '../machine.js';
import { MAGIC_CALL } from '../magics.js';
import type { Call, Expr } from '../py-node.js';
import type { CallArguments, Value } from '../values.js';
import { elementOf } from './iteration.js';
import { runMagic } from './magic-effects.js';

function evaluateArguments(m: Machine, node: Call, frame: Frame): CallArguments {
  const positional: Value[] = [];
  const starred: Value[] = [];
  const nodes: Expr[] = [];
  const keywords = new Map<string, Value>();
  const keywordNodes = new Map<string, Expr>();
  for (const each of node.args) {
    if (each.nodeType === 'Starred') starred.push(m.consume(m.evaluate(each.value, frame), each, frame));
    else {
      positional.push(m.evaluate(each, frame));
      nodes.push(each);
    }
  }
  for (const each of node.keywords) {
    const given = m.evaluate(each.value, frame);
    if (each.arg === undefined) starred.push(elementOf(m, given));
    else {
      keywords.set(each.arg, given);
      keywordNodes.set(each.arg, each.value);
    }
  }
  return { positional, keywords, starred, nodes: { positional: nodes, keywords: keywordNodes } };
}

/** `list(map(f, xs))` with both names still the built-in ones. */
function mapInList(m: Machine, node: Call, callee: Value, frame: Frame): Call | null {
  const [inner] = node.args;
  if (callee.path !== 'builtins.list' || callee.open || node.args.length !== 1 || node.keywords.length > 0)
    return null;
  if (inner?.nodeType !== 'Call' || inner.func.nodeType !== 'Name') return null;
  const map = m.evaluate(inner.func, frame);
  return map.path === 'builtins.map' && !map.open ? inner : null;
}

function noteReduction(m: Machine, node: Call, callee: Value, args: CallArguments): void {
  const [first] = args.positional;
  if (callee.claim?.skeleton === 'map-reduce' || first?.claim?.skeleton === 'map-reduce')
    m.reductions.add(node);
}

export function evaluateCall(m: Machine, node: Call, frame: Frame): Value {
  if (node.func.nodeType === 'Name' && node.func.id === MAGIC_CALL) return runMagic(m, node, frame);
  if (node.func.nodeType === 'Attribute') {
    const receiver = m.evaluate(node.func.value, frame);
    const args = evaluateArguments(m, node, frame);
    noteReduction(m, node, receiver, args);
    return m.callMethod(receiver, node.func.attr, args, node, frame);
  }
  const callee = m.evaluate(node.func, frame);
  const inner = mapInList(m, node, callee, frame);
  const args = evaluateArguments(m, node, frame);
  const result = m.call(callee, args, node, frame);
  noteReduction(m, node, callee, args);
  const [mapped, over] = inner?.args ?? [];
  if (inner && mapped && over) {
    const items = m.consume(m.evaluate(over, frame), over, frame);
    noteMapCall(m, node, inner, m.evaluate(mapped, frame), items, frame);
  }
  return result;
}
