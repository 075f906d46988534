// Runs statements in Python's order. At the top level of a cell branches work on copies of the namespace that are joined;
// inside functions names are only widened, so order does not matter there.
import { assertNever } from '@cellfarm/protocol';
import type { Frame } from '../frame.js';
import { noteFor } from '../loops/note-loops.js';
import type { Machine } from '../machine.js';
import type { Expr, Stmt } from '../py-node.js';
import { walk } from '../py-node.js';
import { importedName } from '../scopes.js';
import { argumentsOf, IMMUTABLE, joinAll, unknownIn, value, type Value } from '../values.js';
import { assign, changeInPlace, remove, store } from './assign.js';
import { alternatives, attempt, match, repeat } from './control-flow.js';
import { methodOf } from './classes.js';
import { bindName, lookUp } from './names.js';

const JUMPS = new Set(['Return', 'Raise', 'Break', 'Continue']);

export function execute(m: Machine, body: readonly Stmt[], frame: Frame): boolean {
  const { certain } = frame;
  let falls = true;
  for (const statement of body) {
    if (frame.ownLines) m.world.origin = { cell: frame.cell, line: statement.lineno };
    if (frame.outer === null && frame.ownLines) m.world.site = m.world.origin;
    falls = run(m, statement, frame);
    if (!falls && !(frame.outer === null && statement.nodeType === 'Raise' && m.world.mayStopAnywhere)) break;
    // What follows a statement that may jump away may not happen.
    if (frame.outer !== null && [...walk(statement)].some((node) => JUMPS.has(node.nodeType)))
      frame.certain = false;
  }
  // Certainty lost by a jump stays lost for the rest of the function.
  if (frame.outer === null) frame.certain = certain;
  return falls;
}

function test(m: Machine, node: Expr, frame: Frame): void {
  m.operate([m.evaluate(node, frame)]);
}

function augmented(m: Machine, node: Stmt & { nodeType: 'AugAssign' }, frame: Frame): void {
  const { target } = node;
  if (target.nodeType !== 'Name') {
    // Evaluating the target reads the element; storing changes the object that holds it.
    m.evaluate(target, frame);
    const added = m.evaluate(node.value, frame);
    if (target.nodeType === 'Attribute' || target.nodeType === 'Subscript')
      changeInPlace(m, target, added, frame);
    return;
  }
  const before = lookUp(m.world, target.id, frame);
  const added = m.evaluate(node.value, frame);
  m.operate([before, added]);
  if (before.type === 'list') m.consume(added, node, frame);
  if (before.type !== 'immutable') {
    m.world.change(before, `${target.id} is changed in place`, { certain: before.type !== null });
    store(m, before, added);
  }
  const both =
    before.type === 'immutable' && added.type !== 'immutable'
      ? unknownIn(added.regions)
      : { ...before, text: null };
  bindName(m.world, target.id, both, frame);
}

function imports(m: Machine, node: Stmt & { nodeType: 'Import' | 'ImportFrom' }, frame: Frame): void {
  const { world } = m;
  if (node.nodeType === 'Import') {
    for (const alias of node.names) {
      world.import(alias.name);
      if (/^(__main__|ctypes)$/.test(alias.name)) world.barrier(`imports ${alias.name}`);
      const path = alias.asname === undefined ? importedName(alias) : alias.name;
      bindName(
        world,
        importedName(alias),
        value({ path, type: 'module', regions: new Set([world.moduleRegion(path)]) }),
        frame,
      );
    }
    return;
  }
  const module = `${'.'.repeat(node.level)}${node.module ?? ''}`;
  world.import(module);
  for (const alias of node.names) {
    if (alias.name === '*') {
      world.barrier(`from ${module} import * may bind any name`, 'imported');
      continue;
    }
    if (module === '__future__' && alias.name === 'annotations') world.lazyAnnotations = true;
    const path = `${module}.${alias.name}`;
    bindName(
      world,
      importedName(alias),
      value({ path, type: 'function', regions: new Set([world.moduleRegion(path)]) }),
      frame,
    );
  }
}

function withBlock(m: Machine, node: Stmt & { nodeType: 'With' | 'AsyncWith' }, frame: Frame): boolean {
  const managers: Value[] = [];
  for (const item of node.items) {
    const manager = m.evaluate(item.context_expr, frame);
    managers.push(manager);
    m.operate([manager]);
    const enter = manager.instanceOf ? methodOf(manager.instanceOf, '__enter__') : undefined;
    const entered = enter
      ? m.call({ ...enter, open: false }, argumentsOf([manager]), item, frame)
      : manager.instanceOf
        ? unknownIn(manager.regions)
        : manager;
    if (manager.type !== 'file' && manager.type !== 'immutable' && !manager.instanceOf) {
      m.world.change(manager, 'is entered as a context', {});
      // A context manager made by a generator runs it up to its yield, and the rest at the end.
      m.consume(manager, item.context_expr, frame);
    }
    if (item.optional_vars) assign(m, item.optional_vars, entered, frame);
  }
  // A context that is not a plain file may swallow an exception in the middle of its body.
  const swallows = !managers.every((each) => each.type === 'file');
  if (!swallows) return m.execute(node.body, frame);
  const before = m.world.namespace.copy();
  const falls = m.execute(node.body, frame);
  if (
    frame.outer === null &&
    node.body.length > 1 &&
    managers.some((each) => each.open || each.instanceOf !== null)
  )
    m.world.namespace.joinWith(before);
  m.operate(managers);
  return falls;
}

function jump(m: Machine, node: Stmt & { nodeType: 'Return' | 'Raise' }, frame: Frame): false {
  if (node.nodeType === 'Return')
    frame.returns = joinAll([frame.returns, node.value ? m.evaluate(node.value, frame) : IMMUTABLE]);
  else for (const each of [node.exc, node.cause]) if (each) m.evaluate(each, frame);
  return false;
}

function run(m: Machine, node: Stmt, frame: Frame): boolean {
  switch (node.nodeType) {
    case 'FunctionDef':
    case 'AsyncFunctionDef':
    case 'ClassDef':
      m.define(node, frame);
      return true;
    case 'Return':
    case 'Raise':
      return jump(m, node, frame);
    case 'Delete':
      for (const target of node.targets) remove(m, target, frame);
      return true;
    case 'Assign': {
      const assigned = m.evaluate(node.value, frame);
      for (const target of node.targets) assign(m, target, assigned, frame);
      return true;
    }
    case 'TypeAlias':
      bindName(m.world, node.name.id, IMMUTABLE, frame);
      return true;
    case 'AugAssign':
      augmented(m, node, frame);
      return true;
    case 'AnnAssign': {
      const assigned = node.value ? m.evaluate(node.value, frame) : null;
      if (!m.world.lazyAnnotations && (frame.scope.kind === 'class' || frame.outer === null))
        m.evaluate(node.annotation, frame);
      if (assigned) assign(m, node.target, assigned, frame);
      else if (node.target.nodeType !== 'Name') m.evaluate(node.target, frame);
      return true;
    }
    case 'For':
    case 'AsyncFor': {
      const iterable = m.evaluate(node.iter, frame);
      repeat(m, frame, node.orelse, () => {
        const item = m.consume(iterable, node, frame);
        assign(m, node.target, item, frame);
        noteFor(m, node, item, frame);
        return m.execute(node.body, frame);
      });
      return true;
    }
    case 'While':
      repeat(m, frame, node.orelse, () => {
        test(m, node.test, frame);
        return m.execute(node.body, frame);
      });
      return true;
    case 'If':
      test(m, node.test, frame);
      return alternatives(m, frame, [() => m.execute(node.body, frame), () => m.execute(node.orelse, frame)]);
    case 'With':
    case 'AsyncWith':
      return withBlock(m, node, frame);
    case 'Match':
      return match(m, node, frame);
    case 'Try':
    case 'TryStar':
      return attempt(m, node, frame);
    case 'Assert':
      test(m, node.test, frame);
      if (node.msg) m.evaluate(node.msg, frame);
      return true;
    case 'Import':
    case 'ImportFrom':
      imports(m, node, frame);
      return true;
    case 'Global':
    case 'Nonlocal':
    case 'Pass':
      return true;
    case 'Expr':
      m.evaluate(node.value, frame);
      return true;
    case 'Break':
    case 'Continue':
      m.world.loopExits.at(-1)?.push(m.world.namespace.copy());
      return frame.outer !== null;
    default:
      return assertNever(node);
  }
}
