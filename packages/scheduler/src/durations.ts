// Learnt durations: one mean per kind of task. All shards of a map, in all its executions, are one kind; a cell is its own.
import { mapOf, type TaskId } from '@cellfarm/protocol';

/** Ms taken for a kind of which nothing is known. */
const UNKNOWN_MS = 1000;

export interface TaskKind {
  readonly name: string;
  /** Tasks that are not over. */
  left: number;
  /** Tasks measured in this run. */
  count: number;
  /** Mean in ms; null when nothing is known. */
  mean: number | null;
  /** The estimate that ranks were computed with. */
  ranked: number;
}

/** The kind of a task: `c3.m0.1/12` is `c3.m0`, a cell or its triple is itself. */
export function kindOf(task: TaskId): string {
  return mapOf(task) ?? task;
}

export function newKind(name: string, learnt: number | undefined): TaskKind {
  return { name, left: 0, count: 0, mean: learnt ?? null, ranked: learnt ?? UNKNOWN_MS };
}

/** Expected duration in ms. */
export function estimate(kind: TaskKind): number {
  return kind.mean ?? UNKNOWN_MS;
}

/**
 * Takes one measurement in. What earlier runs told is replaced by the first measurement of this one.
 * True when the estimate is now more than twice or less than half of what ranks were computed with; asked only at
 * 1, 2, 4, 8 … measurements, so that ranks are computed anew seldom.
 */
export function learn(kind: TaskKind, durationMs: number): boolean {
  kind.count += 1;
  const before = kind.count === 1 ? 0 : (kind.mean ?? 0);
  kind.mean = before + (durationMs - before) / kind.count;
  if ((kind.count & (kind.count - 1)) !== 0) return false;
  return kind.mean > 2 * kind.ranked || kind.mean < kind.ranked / 2;
}
