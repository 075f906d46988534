// What the panels look at: a run that is followed live, or a plan of which nothing runs.
import type { RunView, TaskGraph } from '@cellfarm/protocol';
import type { ISignal } from '@lumino/signaling';
import type { FeedState } from '../client/live-feed.js';
import type { Problem } from '../client/problem.js';
import type { Attempts } from './attempts.js';
import type { CellNode } from './cell-nodes.js';
import type { PlanCell } from './plan-cells.js';

export interface RunSource {
  /** Null for a plan. */
  readonly run: string | null;
  readonly view: RunView;
  readonly attempts: Attempts;
  readonly graph: TaskGraph | null;
  readonly cells: readonly PlanCell[];
  readonly feedState: FeedState;
  readonly problem: Problem | null;
  /** True when the service knows no such run any more: nothing is asked again. */
  readonly gone: boolean;
  readonly changed: ISignal<RunSource, void>;
  /** @param now milliseconds since 1970 */
  nodes(now: number): CellNode[];
  cancel(): Promise<void>;
}
