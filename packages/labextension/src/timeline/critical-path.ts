// The chain of cells whose times add up to the run's: from the last one back to whatever ended last before each began.
// Pure. Cells that took next to nothing are on the chain and not named.
import type { CellNode } from '../run/cell-nodes.js';

export interface CriticalPath {
  /** In order of time. */
  readonly cells: readonly CellNode[];
  /** Those of them that matter for the time. */
  readonly named: readonly CellNode[];
}

/** Share of the path's time below which a cell is not named. */
const WORTH_NAMING = 0.02;

export function criticalPath(nodes: readonly CellNode[]): CriticalPath {
  const ended = nodes.flatMap((node) => {
    const { startedAt, durationMs } = node;
    return startedAt === null || durationMs === null
      ? []
      : [{ node, from: startedAt, to: startedAt + durationMs, ms: durationMs }];
  });
  const chain: typeof ended = [];
  let next = latest(ended, Number.POSITIVE_INFINITY);
  while (next) {
    chain.unshift(next);
    const before = next;
    next = latest(
      ended.filter((one) => one !== before && one.from < before.from),
      before.from + 1,
    );
  }
  const total = chain.reduce((sum, { ms }) => sum + ms, 0);
  const named = chain.filter(({ ms }) => ms >= WORTH_NAMING * total);
  return { cells: chain.map(({ node }) => node), named: named.map(({ node }) => node) };
}

function latest<T extends { readonly to: number }>(candidates: readonly T[], until: number): T | undefined {
  let found: T | undefined;
  for (const one of candidates) {
    if (one.to <= until && (found === undefined || one.to > found.to)) found = one;
  }
  return found;
}
