// The plan as the dialog shows it: a row for each cell, what leaves this machine, and what to know before. Pure.
import type { TaskGraph } from '@cellfarm/protocol';
import type { PlanCell } from '../run/plan-cells.js';
import type { Words } from '../text/words.js';
import { duration } from '../text/duration.js';
import { sentence } from '../text/sentence.js';
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
  readonly kind: 'value' | 'cell';
  readonly name: string;
  readonly to: string;
  /** About what travels; null where nobody can tell before it does. */
  readonly bytes: number | null;
}

/** What is known beside the plan itself. */
export interface PlanKnown {
  readonly forecast: Forecast | null;
  /** Bytes of values by name, as the notebook's kernel holds them now. */
  readonly values: ReadonlyMap<string, number>;
  /** Bytes of each cell's source, by its index. */
  readonly sources: ReadonlyMap<number, number>;
}

export const NOTHING_KNOWN: PlanKnown = { forecast: null, values: new Map(), sources: new Map() };

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
  known: PlanKnown,
  words: Words,
): PlanView {
  const byIndex = new Map(cells.map((cell) => [cell.index, cell]));
  const rows = cells.map((cell): PlanRow => {
    const ms = known.forecast?.cells.get(cell.index);
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
    leaving: leaving(away, known, words),
    notes: [...nothingLeaves(away.length, words), ...planNotes(graph, byIndex, words)],
    runnable: graph.diagnostics.every(({ severity }) => severity !== 'error'),
  };
}

/** Names of the values that leave this machine. */
export function valuesLeaving(cells: readonly PlanCell[]): string[] {
  const names = cells.filter(leaves).flatMap((cell) => cell.needs.flatMap((need) => need.names));
  return [...new Set(names)];
}

function leaves({ place, target }: PlanCell): boolean {
  return place === 'away' && !staysHere(target);
}

function leaving(cells: readonly PlanCell[], known: PlanKnown, words: Words): Leaving[] {
  const going = cells.filter(leaves);
  const to = (some: readonly PlanCell[]): string =>
    [...new Set(some.map(({ target }) => targetLabel(target, words)))].join(', ');
  const values = valuesLeaving(going).map((name): Leaving => {
    const readers = going.filter((cell) => cell.needs.some((need) => need.names.includes(name)));
    return { kind: 'value', name, to: to(readers), bytes: known.values.get(name) ?? null };
  });
  const sources = going.map((cell): Leaving => {
    const name = words.__('Cell [%1]', cell.number);
    return { kind: 'cell', name, to: to([cell]), bytes: known.sources.get(cell.index) ?? null };
  });
  return [...values, ...sources];
}

function nothingLeaves(away: number, words: Words): PlanNote[] {
  if (away > 0) return [];
  const title = words.__('Nothing here leaves home');
  const text = words.__(
    'The run is merely sequential. Give the cell of a slow loop the role map to share it out.',
  );
  return [{ severity: 'info', title, text, cell: null }];
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
    title: words.__('%1: %2', place(cell, line), message),
    text: hint,
    cell: idOf(cell),
  }));
  const fixes = graph.loops
    .filter(({ verdict, fix }) => verdict === 'sequential' && fix !== null)
    .filter(
      (loop) =>
        !graph.diagnostics.some(
          ({ code, cell, line }) => code === 'C2103' && cell === loop.cell && line === loop.line,
        ),
    )
    .map(({ cell, line, reason, fix }): PlanNote => ({
      severity: 'info',
      title: words.__('%1: this loop stays in order', place(cell, line)),
      text: [reason.text, fix ?? ''].map(sentence).join(' ').trim(),
      cell: idOf(cell),
    }));
  const order = ['error', 'warning', 'info'];
  return [...said, ...fixes].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}
