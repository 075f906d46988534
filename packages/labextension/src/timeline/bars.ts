// A run on a time axis: a row for each cell with its bars, and for each map one hairline a worker. Pure; times in
// milliseconds since the run began.
import type { Attempt, Attempts } from '../run/attempts.js';
import type { CellNode } from '../run/cell-nodes.js';
import type { ShownState } from '../run/task-state.js';

export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly state: ShownState;
  readonly label: string;
}

export interface TimelineRow {
  readonly node: CellNode;
  /** One list of bars a line; a map has a line for each worker, other cells have one. */
  readonly lines: readonly (readonly Bar[])[];
}

export function timelineRows(
  nodes: readonly CellNode[],
  attempts: Attempts,
  startedAt: number,
  now: number,
): TimelineRow[] {
  return nodes.map((node) => {
    const ofCell = attempts.of(`c${node.cell.index}`).map((attempt) => barOf(attempt, startedAt, now));
    const shards = node.map?.shards.flatMap(({ task }) => attempts.of(task)) ?? [];
    if (shards.length === 0) return { node, lines: ofCell.length > 0 ? [ofCell] : [] };
    const workers = [...new Set(shards.map(({ worker }) => worker))].sort(byNumber);
    const lines = workers.map((worker) =>
      shards.filter((shard) => shard.worker === worker).map((shard) => barOf(shard, startedAt, now)),
    );
    return { node, lines };
  });
}

export function barOf(attempt: Attempt, startedAt: number, now: number): Bar {
  return {
    from: Math.max(0, attempt.from - startedAt),
    to: Math.max(0, (attempt.to ?? now) - startedAt),
    state: stateOfAttempt(attempt),
    label: labelOf(attempt.task),
  };
}

export function stateOfAttempt({ end, attempt, recovered }: Attempt): ShownState {
  switch (end) {
    case 'running':
      return attempt > 1 ? 'retrying' : 'running';
    case 'done':
      return 'done';
    case 'reused':
      return 'reused';
    case 'failed':
      return recovered ? 'retrying' : 'failed';
    case 'lost':
      return 'cancelled';
  }
}

/** "7" for shard `c6.m0.0/6`; a cell needs no label. */
function labelOf(task: string): string {
  const slash = task.lastIndexOf('/');
  return slash < 0 ? '' : String(Number(task.slice(slash + 1)) + 1);
}

export function byNumber(a: string, b: string): number {
  return a.localeCompare(b, undefined, { numeric: true });
}
