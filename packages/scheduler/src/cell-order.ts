// Whether a later cell must wait until an earlier cell that left is bound. It must whenever the two share a name that one of
// them changes, whenever the graph has an edge between them, and whenever one of them acts outside the namespace: also where
// the later cell only overwrites an input, since the earlier one may yet have to be played at home.
import type { CellFacts, TaskGraph } from '@cellfarm/protocol';

export class CellOrder {
  /** Cells that an edge leads to, by the cell it leaves. */
  private readonly edges = new Map<number, Set<number>>();

  constructor(graph: TaskGraph) {
    const cellsOf = new Map(graph.tasks.map((task) => [task.id, task.cells]));
    for (const { from, to } of graph.edges) {
      for (const earlier of cellsOf.get(from) ?? []) {
        const later = this.edges.get(earlier) ?? new Set();
        for (const cell of cellsOf.get(to) ?? []) later.add(cell);
        this.edges.set(earlier, later);
      }
    }
  }

  mustFollow(earlier: CellFacts, later: CellFacts): boolean {
    if (actsOutside(earlier) || actsOutside(later)) return true;
    if (this.edges.get(earlier.index)?.has(later.index) === true) return true;
    return touches(changed(earlier), used(later)) || touches(changed(later), used(earlier));
  }
}

function actsOutside(facts: CellFacts): boolean {
  return facts.barrier || facts.status === 'opaque' || facts.effects.some((effect) => effect !== 'display');
}
function changed(facts: CellFacts): string[] {
  return [...facts.writes, ...facts.mutates];
}
function used(facts: CellFacts): Set<string> {
  return new Set([...facts.reads, ...facts.writes, ...facts.mutates]);
}
function touches(names: readonly string[], others: ReadonlySet<string>): boolean {
  return names.some((name) => others.has(name));
}
