// The plan as the dialog shows it: a row for each cell, what leaves this machine, and what to know before. Pure.
import type { TaskGraph } from '@cellfarm/protocol';
import type { PlanCell } from '../run/plan-cells.js';
import type { Words } from '../text/words.js';
import { duration } from '../text/duration.js';
import type { Forecast } from './forecast.js';
import { staysHere, targetLabel } from './target-words.js';
import { whyOf } from './why.js';

export interface PlanRow {
  readonly cell: PlanCell;
  /** "Home", "This machine", "Kubernetes". */
  readonly place: string;
  readonly why: string;
  /** "2.4 s"; empty where nothing is known. */
  readonly forecast: string;
}

export interface Leaving {
  readonly name: string;
  readonly to: string;
}

export interface PlanNote {
  readonly severity: 'error' | 'warning' | 'info';
  readonly title: string;
  readonly text: string;
  /** Id of the cell it is about; null for the notebook as a whole. */
  readonly cell: string | null;
}

export interface PlanView {
  readonly rows: readonly PlanRow[];
  readonly home: number;
  readonly away: number;
  readonly leaving: readonly Leaving[];
  readonly notes: readonly PlanNote[];
  /** False when the notebook has errors that no run can pass. */
  readonly runnable: boolean;
}

export function planView(
  graph: TaskGraph,
  cells: readonly PlanCell[],
  expected: Forecast | null,
  words: Words,
): PlanView {
  const byIndex = new Map(cells.map((cell) => [cell.index, cell]));
  const rows = cells.map((cell): PlanRow => {
    const ms = expected?.cells.get(cell.index);
    return {
      cell,
      place: cell.place === 'home' ? words.__('Home') : targetLabel(cell.target, words),
      why: whyOf(cell, graph, byIndex, words),
      forecast: ms === undefined ? '' : duration(ms),
    };
  });
  const away = cells.filter(({ place }) => place === 'away');
  return {
    rows,
    home: cells.length - away.length,
    away: away.length,
    leaving: leavingNames(away, words),
    notes: planNotes(graph, byIndex, words),
    runnable: graph.diagnostics.every(({ severity }) => severity !== 'error'),
  };
}

function leavingNames(away: readonly PlanCell[], words: Words): Leaving[] {
  const targets = new Map<string, Set<string>>();
  for (const cell of away.filter(({ target }) => !staysHere(target))) {
    const names = [...cell.needs.flatMap((need) => need.names), words.__('Cell [%1]', cell.number)];
    for (const name of names) {
      const to = targets.get(name) ?? new Set<string>();
      targets.set(name, to.add(targetLabel(cell.target, words)));
    }
  }
  return [...targets].map(([name, to]) => ({ name, to: [...to].join(', ') }));
}

function planNotes(graph: TaskGraph, cells: ReadonlyMap<number, PlanCell>, words: Words): PlanNote[] {
  const place = (cell: number | null, line: number | null): string => {
    const number = cell === null ? undefined : cells.get(cell)?.number;
    if (number === undefined) return words.__('Notebook');
    return line === null ? words.__('Cell [%1]', number) : words.__('Cell [%1], line %2', number, line);
  };
  const idOf = (cell: number | null): string | null => (cell === null ? null : (cells.get(cell)?.id ?? null));
  const said = graph.diagnostics.map(({ severity, cell, line, message, hint }): PlanNote => ({
    severity,
    title: `${place(cell, line)}: ${message}`,
    text: hint,
    cell: idOf(cell),
  }));
  const fixes = graph.loops
    .filter(({ verdict, fix }) => verdict === 'sequential' && fix !== null)
    .map(({ cell, line, reason, fix }): PlanNote => ({
      severity: 'info',
      title: words.__('%1: this loop stays in order', place(cell, line)),
      text: `${reason.text}. ${fix ?? ''}`,
      cell: idOf(cell),
    }));
  const order = ['error', 'warning', 'info'];
  return [...said, ...fixes].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}
