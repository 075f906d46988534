// Puts the parts of the interpreter together into one machine for one cell.
import { Frame, frameApart } from '../frame.js';
import type { LoopCandidate } from '../loops/candidate.js';
import type { Machine } from '../machine.js';
import type { Magic } from '../magics.js';
import { parseSource } from '../parse-source.js';
import type { Call, Expr, Module, Stmt } from '../py-node.js';
import { buildScopes } from '../scopes.js';
import {
  argumentsOf,
  NOTHING,
  type Callee,
  type CallArguments,
  type FunctionCallee,
  type Value,
} from '../values.js';
import type { World } from '../world.js';
import { assign } from './assign.js';
import { attribute, call, callMethod } from './calls.js';
import { defineClass, defineFunction } from './definitions.js';
import { evaluate } from './expressions.js';
import { CallStack } from './functions.js';
import { consume, operate } from './iteration.js';
import { execute } from './statements.js';
import { Touches } from './touches.js';

/** Values with more regions than this keep one name for each. */
const FEW_REGIONS = 6;

export class Interpreter implements Machine {
  readonly apart: Frame;
  readonly touches: Touches;
  readonly loops = new Map<object, LoopCandidate>();
  readonly reductions = new Set<Call>();
  private readonly stack = new CallStack(this);

  constructor(
    readonly world: World,
    readonly magics: readonly Magic[],
    readonly mapRole: boolean,
  ) {
    this.apart = frameApart(world.site.cell);
    this.touches = new Touches(world);
  }

  /** Runs a whole cell. `quiet`: the value of its last line is not shown. */
  runCell(module: Module, quiet: boolean): void {
    const scopes = buildScopes(module);
    const frame = new Frame(scopes.of(module), scopes, null, this.world.site.cell);
    const last = module.body.at(-1);
    if (last?.nodeType !== 'Expr' || quiet) {
      this.execute(module.body, frame);
      return;
    }
    // A cell shows the value of its last expression.
    if (!this.execute(module.body.slice(0, -1), frame)) return;
    this.world.site = { cell: frame.cell, line: last.lineno };
    this.world.origin = this.world.site;
    const shown = this.evaluate(last.value, frame);
    this.operate([shown]);
    if (last.value.nodeType !== 'Call' || shown.type !== 'immutable') {
      this.world.effect('display', { certain: false, text: 'shows the value of its last line' });
    }
  }

  evaluate(node: Expr, frame: Frame): Value {
    if (this.stack.step() && frame.outer !== null) return this.stack.giveUp();
    const found = evaluate(this, node, frame);
    if (found.regions.size <= FEW_REGIONS) return found;
    return { ...found, regions: this.world.regions.roots(found.regions) };
  }

  execute(body: readonly Stmt[], frame: Frame): boolean {
    return execute(this, body, frame);
  }

  assign(target: Expr, value: Value, frame: Frame): void {
    assign(this, target, value, frame);
  }

  call(callee: Value, args: CallArguments, site: object, frame: Frame): Value {
    return this.stack.exhausted ? this.stack.giveUp() : call(this, callee, args, site, frame);
  }

  callMethod(receiver: Value, name: string, args: CallArguments, site: object, frame: Frame): Value {
    return this.stack.exhausted ? this.stack.giveUp() : callMethod(this, receiver, name, args, site, frame);
  }

  invoke(callee: Callee, args: CallArguments, site: object, frame: Frame): Value {
    return this.stack.invoke(callee, args, site, frame);
  }

  consume(value: Value, site: object, frame: Frame): Value {
    return consume(this, value, site, frame);
  }

  operate(values: readonly Value[]): void {
    if (!this.stack.exhausted) operate(this, values);
  }

  attribute(receiver: Value, name: string, site: object, frame: Frame): Value {
    return attribute(this, receiver, name, site, frame);
  }

  define(node: Stmt & { nodeType: 'FunctionDef' | 'AsyncFunctionDef' | 'ClassDef' }, frame: Frame): void {
    if (node.nodeType === 'ClassDef') defineClass(this, node, frame);
    else defineFunction(this, node, frame);
  }

  runText(source: string, frame: Frame): boolean {
    const parsed = parseSource(source);
    if (!parsed.ok) return false;
    const scopes = buildScopes(parsed.module);
    const inner = new Frame(scopes.of(parsed.module), scopes, null, frame.cell, false);
    this.execute(parsed.module.body, inner);
    return true;
  }

  runTimed(source: string, frame: Frame): boolean {
    const parsed = parseSource(`def _timed():\n${source.replace(/^/gm, ' ')}\n`);
    const [node] = parsed.ok ? parsed.module.body : [];
    if (!parsed.ok || node?.nodeType !== 'FunctionDef') return false;
    const scopes = buildScopes(parsed.module);
    const closure = new Frame(scopes.of(parsed.module), scopes, null, frame.cell, false);
    const callee: FunctionCallee = {
      kind: 'function',
      name: node.name,
      node,
      scopes,
      closure,
      defaults: NOTHING,
      cell: frame.cell,
      binding: 'plain',
      generator: false,
    };
    this.invoke(callee, argumentsOf([]), node, frame);
    return true;
  }
}
