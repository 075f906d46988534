// Third stage: the facts of each cell as they are printed and relied on by others.
import type { CellFacts, Effect } from '@cellfarm/protocol';
import type { CellAnalysis } from './analyse-cells.js';
import type { ReadEvent } from './observations.js';

function sorted(names: Iterable<string>): string[] {
  return [...new Set(names)].sort();
}

/** Whether a read needs something that was there before the cell. */
export function readsFromBefore(event: ReadEvent, cell: number): boolean {
  return event.versions.size === 0 || [...event.versions].some((version) => version.cell !== cell);
}

export function factsOf(analysis: CellAnalysis): CellFacts {
  const { cell, seen } = analysis;
  return {
    index: cell.index,
    id: cell.id,
    status: analysis.status,
    reads: sorted(
      [...seen.reads].filter(([, event]) => readsFromBefore(event, cell.index)).map(([name]) => name),
    ),
    writes: sorted([...seen.writes.keys(), ...seen.deletes.keys()]),
    mutates: sorted(analysis.changes.keys()),
    imports: sorted(seen.imports),
    effects: sorted([...seen.effects.values()].map((event) => event.effect)) as Effect[],
    barrier: seen.barrier !== null,
  };
}
