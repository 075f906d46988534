// The parts of the interpreter as they see each other: each lives in a file of its own and reaches the others through this.
// The interpreter runs Python on abstract values: it follows calls into the notebook's functions, not into libraries.
import type { Frame } from './frame.js';
import type { LoopCandidate } from './loops/candidate.js';
import type { Magic } from './magics.js';
import type { Call, Expr, Stmt } from './py-node.js';
import type { Touches } from './interpret/touches.js';
import type { Callee, CallArguments, Value } from './values.js';
import type { World } from './world.js';

export interface Machine {
  readonly world: World;
  /** Where calls are made that are only possible; the same call from two places is one there. */
  readonly apart: Frame;
  readonly touches: Touches;
  /** Loops at the top level of the cell, by the node that makes each. */
  readonly loops: Map<object, LoopCandidate>;
  /** Calls of functions under `@cellfarm.reduce`, or that are given one. */
  readonly reductions: Set<Call>;
  /** The magics of the cell, by number. */
  readonly magics: readonly Magic[];
  /** The cell's role says that its loops are maps. */
  readonly mapRole: boolean;
  evaluate(node: Expr, frame: Frame): Value;
  /** Runs statements; false when control does not reach their end. */
  execute(body: readonly Stmt[], frame: Frame): boolean;
  assign(target: Expr, value: Value, frame: Frame): void;
  /** Calls a value. `site` is the node of the call: the same call makes the same objects again. */
  call(callee: Value, args: CallArguments, site: object, frame: Frame): Value;
  callMethod(receiver: Value, name: string, args: CallArguments, site: object, frame: Frame): Value;
  /** Calls one function or class of the notebook. */
  invoke(callee: Callee, args: CallArguments, site: object, frame: Frame): Value;
  /** Reads all of an iterable; gives what its elements may be. */
  consume(value: Value, site: object, frame: Frame): Value;
  /** Lets an operator, `len`, `print` and the like run the special methods of values of the notebook's classes. */
  operate(values: readonly Value[]): void;
  attribute(receiver: Value, name: string, site: object, frame: Frame): Value;
  define(node: Stmt & { nodeType: 'FunctionDef' | 'AsyncFunctionDef' | 'ClassDef' }, frame: Frame): void;
  /** Runs Python given as text (`exec` of a literal, `%timeit`). False when it cannot be parsed. */
  runText(source: string, frame: Frame): boolean;
  /** The same as the body of a function called once: it binds nothing outside. */
  runTimed(source: string, frame: Frame): boolean;
}
