// Branches, loops, `match` and `try`. At the top level of a cell each way through works on its own copy of the namespace;
// in functions the same code only marks that what happens inside may not happen.
import type { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import { joinBindings, type Binding, type Namespace } from '../namespace.js';
import type { Stmt, Try } from '../py-node.js';
import { unknownIn } from '../values.js';
import { capture } from './assign.js';
import { bindName, deleteName } from './names.js';
import { freshRegion } from './objects.js';

const MOST_ROUNDS = 4;

function isTop(frame: Frame): boolean {
  return frame.outer === null;
}

function uncertain<T>(frame: Frame, work: () => T): T {
  const { certain } = frame;
  frame.certain = false;
  try {
    return work();
  } finally {
    frame.certain = certain;
  }
}

/** Runs one of several pieces of code; gives whether control may go on behind them. */
export function alternatives(m: Machine, frame: Frame, ways: readonly (() => boolean)[]): boolean {
  if (!isTop(frame)) return uncertain(frame, () => ways.map((way) => way()).some((falls) => falls));
  const { world } = m;
  const start = world.namespace;
  const ends: Namespace[] = [];
  for (const way of ways) {
    world.namespace = start.copy();
    if (way()) ends.push(world.namespace);
  }
  const [first = start.copy(), ...rest] = ends;
  for (const end of rest) first.joinWith(end);
  world.namespace = first;
  world.touchEpoch();
  return ends.length > 0;
}

/** Runs a loop's body until one more round changes nothing. */
export function repeat(m: Machine, frame: Frame, orelse: readonly Stmt[], body: () => boolean): void {
  const { world } = m;
  if (!isTop(frame)) {
    uncertain(frame, () => {
      world.loopExits.push([]);
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const { epoch } = world;
        const { changes } = frame;
        body();
        if (world.epoch === epoch && frame.changes === changes) break;
      }
      world.loopExits.pop();
      m.execute(orelse, frame);
    });
    return;
  }
  const exits: Namespace[] = [];
  world.loopExits.push(exits);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const start = world.namespace.copy();
    const falls = body();
    const end = falls ? world.namespace : start;
    for (const exit of exits) end.joinWith(exit);
    const head = start.copy();
    const changed = head.joinWith(end);
    world.namespace = head;
    if (!changed) break;
    world.touchEpoch();
  }
  world.loopExits.pop();
  if (orelse.length === 0) return;
  const afterLoop = world.namespace.copy();
  m.execute(orelse, frame);
  world.namespace.joinWith(afterLoop);
}

export function match(m: Machine, node: Stmt & { nodeType: 'Match' }, frame: Frame): boolean {
  const subject = m.evaluate(node.subject, frame);
  const ways = node.cases.map((each) => () => {
    capture(m, each.pattern, subject, frame);
    if (each.guard) m.operate([m.evaluate(each.guard, frame)]);
    return m.execute(each.body, frame);
  });
  // A pattern may bind some of its names and then fail.
  const none = (): boolean => {
    uncertain(frame, () => {
      for (const each of node.cases) capture(m, each.pattern, subject, frame);
    });
    return true;
  };
  return alternatives(m, frame, [...ways, none]);
}

function handlers(m: Machine, node: Try, frame: Frame): (() => boolean)[] {
  return node.handlers.map((handler) => () => {
    if (handler.type) m.evaluate(handler.type, frame);
    if (handler.name !== undefined)
      bindName(m.world, handler.name, unknownIn([freshRegion(m, frame, handler)]), frame);
    const falls = m.execute(handler.body, frame);
    if (handler.name !== undefined) deleteName(m.world, handler.name, frame);
    return falls;
  });
}

export function attempt(m: Machine, node: Try, frame: Frame): boolean {
  const { world } = m;
  if (!isTop(frame)) {
    const falls = uncertain(frame, () => {
      const body = m.execute(node.body, frame);
      const orelse = body && m.execute(node.orelse, frame);
      const handled = handlers(m, node, frame).map((handle) => handle());
      return orelse || handled.some((each) => each);
    });
    return m.execute(node.finalbody, frame) && falls;
  }
  const start = world.namespace.copy();
  const bound = new Map<string, Binding>();
  world.attempts.push(bound);
  let falls = m.execute(node.body, frame);
  world.attempts.pop();
  const body = world.namespace.copy();
  if (falls) falls = m.execute(node.orelse, frame);
  const ends: Namespace[] = falls ? [world.namespace] : [];
  // An exception may come before, between or after any of the body's bindings.
  const raised = start.copy();
  raised.joinWith(body);
  for (const [name, binding] of bound) {
    const known = raised.get(name);
    raised.set(name, known ? joinBindings(known, binding) : { ...binding, maybeUnbound: true });
  }
  for (const handle of handlers(m, node, frame)) {
    world.namespace = raised.copy();
    if (handle()) ends.push(world.namespace);
  }
  const [first = raised, ...rest] = ends;
  for (const end of rest) first.joinWith(end);
  world.namespace = first;
  world.touchEpoch();
  return m.execute(node.finalbody, frame) && ends.length > 0;
}
