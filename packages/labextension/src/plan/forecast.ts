// What an earlier run of the same notebook lets us expect: each cell's time, the whole, and what one worker would take.
// Pure. Without an earlier run nothing is forecast.
import type { CellRunTimes } from './run-times.js';

export interface Forecast {
  /** Milliseconds by cell index. */
  readonly cells: ReadonlyMap<number, number>;
  readonly totalMs: number;
  /** As `Restart & Run All` on this machine: the maps' shards one after the other. */
  readonly oneByOneMs: number;
}

export function forecast(times: CellRunTimes): Forecast {
  const cells = new Map(
    times.cells.flatMap(({ cell, durationMs }) => (durationMs === null ? [] : [[cell, durationMs] as const])),
  );
  const totalMs = [...cells.values()].reduce((sum, ms) => sum + ms, 0);
  const savedMs = times.maps.reduce(
    (sum, { busyMs, wallMs }) => sum + Math.max(0, busyMs - (wallMs ?? busyMs)),
    0,
  );
  return { cells, totalMs, oneByOneMs: totalMs + savedMs };
}
