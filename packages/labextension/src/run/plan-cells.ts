// A task graph as a list of cells in document order: what each reads, writes and waits for, and whether it leaves home.
// Tasks of one cell are one entry. Pure.
import type { Task, TaskGraph } from '@cellfarm/protocol';
import type { TitledCell } from '../notebook/cell-titles.js';
import { plainName } from '../text/names.js';

/** Names that come from an earlier cell. */
export interface Need {
  /** Index of the earlier cell. */
  readonly cell: number;
  readonly names: readonly string[];
  /** Code of the compiler's first reason, such as `reads`. */
  readonly code: string;
}

export interface PlanCell extends TitledCell {
  readonly place: 'home' | 'away';
  /** The tasks that leave home: maps of the cell, or the cell itself. */
  readonly away: readonly Task[];
  readonly own: Task | null;
  readonly role: Task['role'];
  readonly target: string;
  readonly needs: readonly Need[];
  readonly writes: readonly string[];
  readonly effects: readonly string[];
  readonly barrier: boolean;
}

/** Cells that the graph leaves out (skipped, empty) are left out here as well. */
export function planCells(graph: TaskGraph, titles: readonly TitledCell[]): PlanCell[] {
  const titleOf = new Map(titles.map((cell) => [cell.index, cell]));
  const tasksOf = groupBy(graph.tasks, (task) => task.cells[0] ?? -1);
  const needsOf = needsByCell(graph);
  return graph.cells
    .filter((facts) => tasksOf.has(facts.index))
    .map((facts, at): PlanCell => {
      const tasks = tasksOf.get(facts.index) ?? [];
      const away = tasks.filter((task) => task.place === 'away');
      const own = tasks.find((task) => task.id === `c${facts.index}`) ?? null;
      const leading = away[0] ?? own;
      const title = titleOf.get(facts.index);
      return {
        index: facts.index,
        id: title?.id ?? facts.id,
        number: title?.number ?? at + 1,
        title: title?.title ?? '',
        place: away.length > 0 ? 'away' : 'home',
        away,
        own,
        role: leading?.role ?? 'auto',
        target: leading?.target ?? 'auto',
        needs: needsOf.get(facts.index) ?? [],
        writes: [...new Set([...facts.writes, ...facts.mutates])],
        effects: facts.effects,
        barrier: facts.barrier,
      };
    });
}

function needsByCell(graph: TaskGraph): Map<number, Need[]> {
  const cellOf = new Map(graph.tasks.map((task) => [task.id as string, task.cells[0] ?? -1]));
  const needs = new Map<number, Map<number, { names: Set<string>; code: string }>>();
  for (const edge of graph.edges) {
    const from = cellOf.get(edge.from);
    const to = cellOf.get(edge.to);
    if (from === undefined || to === undefined || from === to) continue;
    const ofCell = needs.get(to) ?? new Map<number, { names: Set<string>; code: string }>();
    needs.set(to, ofCell);
    const need = ofCell.get(from) ?? { names: new Set(), code: edge.reasons[0]?.code ?? edge.kind };
    ofCell.set(from, need);
    for (const name of edge.names) need.names.add(plainName(name));
  }
  return new Map(
    [...needs].map(([cell, from]) => [
      cell,
      [...from]
        .map(([earlier, { names, code }]) => ({ cell: earlier, names: [...names].sort(), code }))
        .sort((a, b) => a.cell - b.cell),
    ]),
  );
}

function groupBy<T, K>(values: readonly T[], key: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return groups;
}
