// Whether a later cell must wait until an earlier cell that left is bound. It must whenever the two share a name that one of
// them changes, whenever the graph has an edge between them, and whenever one of them acts outside the namespace: also where
// the later cell only overwrites an input, since the earlier one may yet have to be played at home.
import type { CellFacts, CellPlan, TaskGraph } from '@cellfarm/protocol';

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

  mustFollow(earlier: OrderedCell, later: OrderedCell): boolean {
    if (actsOutside(earlier.facts) || actsOutside(later.facts)) return true;
    if (this.edges.get(earlier.facts.index)?.has(later.facts.index) === true) return true;
    return touches(changed(earlier), used(later)) || touches(changed(later), used(earlier));
  }
}

/** What travels with a cell that leaves may be more than it names: all that shares objects with it. */
export interface OrderedCell {
  readonly facts: CellFacts;
  readonly plan: CellPlan;
}

function actsOutside(facts: CellFacts): boolean {
  return facts.barrier || facts.status === 'opaque' || facts.effects.some((effect) => effect !== 'display');
}
function changed({ facts, plan }: OrderedCell): string[] {
  return [...facts.writes, ...facts.mutates, ...(plan.ship?.outputs ?? [])];
}
function used(cell: OrderedCell): Set<string> {
  return new Set([...cell.facts.reads, ...(cell.plan.ship?.inputs ?? []), ...changed(cell)]);
}
function touches(names: readonly string[], others: ReadonlySet<string>): boolean {
  return names.some((name) => others.has(name));
}
