// A loop at the top level of a cell that has one of the forms that could be handed out, with all that was seen of it while
// the cell was interpreted. Whether it is handed out is decided in judge-loop.ts.
import type { LoopForm } from '@cellfarm/protocol';
import type { Observations } from '../observations.js';
import type { Expr, Located } from '../py-node.js';
import type { Value } from '../values.js';

export interface LoopCandidate {
  readonly form: LoopForm;
  /** The comprehension, the outer call or the `for` statement. */
  readonly node: Located;
  /** What is computed for each element; for `map-call` the function. Null: no such single expression. */
  readonly element: Located | null;
  readonly over: Expr;
  /** Names bound for each element. */
  readonly targets: readonly string[];
  /** The function called for each element, when the element is one call. */
  readonly callee: Value | null;
  readonly calleeText: string;
  /** What evaluating one element does. */
  readonly seen: Observations;
  /** What one element of the iterable may be. */
  readonly item: Value;
  /** Names that the rest of the loop changes. */
  readonly accumulators: readonly string[];
  /** A name that the elements read and that shared objects with such a name before the loop began; null: none. */
  readonly sharing: string | null;
  /** Why the loop's shape forbids handing it out; null when it does not. */
  readonly obstacle: { readonly code: string; readonly text: string; readonly fix: string } | null;
}
