// Frames: one activation of a module, function, class body or comprehension, with what its names may hold.
// Local names are kept without regard to order (a join of all assignments); the notebook's own names are in namespace.ts.
import type { Module } from './py-node.js';
import { buildScopes, type Scope, type ScopeTable } from './scopes.js';
import { join, NOTHING, sameValue, type Callee, type FunctionCallee, type Value } from './values.js';
import type { RegionId } from './regions.js';

export class Frame {
  readonly locals = new Map<string, Value>();
  /** What `return` or `yield` may give. */
  returns: Value = NOTHING;
  /** Grows when a local changes. */
  changes = 0;
  /** Objects made by an expression or definition, so that evaluating it again gives the same. */
  readonly regionsMade = new Map<object, RegionId>();
  readonly calleesMade = new Map<object, Callee>();
  /** Methods bound to instances, by the call that made the instance. */
  readonly boundMade = new Map<object, Map<object, Callee>>();
  readonly activations = new Map<object, Map<FunctionCallee | object, Frame>>();
  /** False inside branches and loops and after a possible return: what happens there may not happen. */
  certain = true;

  constructor(
    readonly scope: Scope,
    readonly scopes: ScopeTable,
    /** The frame around, for free names; null for a cell's own frame. */
    readonly outer: Frame | null,
    readonly cell: number,
    /** False for code given as text: its lines are not the cell's. */
    readonly ownLines = true,
  ) {}

  /** Widens a local by one more value it may hold. */
  widen(name: string, value: Value): void {
    const before = this.locals.get(name) ?? NOTHING;
    const after = join(before, value);
    if (this.locals.has(name) && sameValue(before, after)) return;
    this.locals.set(name, after);
    this.changes += 1;
  }

  /** The frame of one call made from here, the same for each evaluation of that call. */
  activation(call: object, callee: FunctionCallee | object, make: () => Frame): Frame {
    let byCallee = this.activations.get(call);
    if (!byCallee) {
      byCallee = new Map();
      this.activations.set(call, byCallee);
    }
    let frame = byCallee.get(callee);
    if (!frame) {
      frame = make();
      byCallee.set(callee, frame);
    }
    return frame;
  }

  /** The frame whose scope binds a free name. */
  holding(scope: Scope): Frame | null {
    if (this.scope === scope) return this;
    return this.outer?.holding(scope) ?? null;
  }
}

const EMPTY: Module = { nodeType: 'Module', body: [] };

/** A frame of a cell for what no line of it does: calls that operators or libraries may make. */
export function frameApart(cell: number): Frame {
  const scopes = buildScopes(EMPTY);
  const frame = new Frame(scopes.of(EMPTY), scopes, null, cell, false);
  frame.certain = false;
  return frame;
}
