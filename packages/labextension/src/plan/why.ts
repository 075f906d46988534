// Why a cell stays home or leaves, in one short sentence. Pure; the compiler decided, this only tells.
import type { LoopVerdict, TaskGraph } from '@cellfarm/protocol';
import type { Need, PlanCell } from '../run/plan-cells.js';
import type { Words } from '../text/words.js';
import { nameList } from '../text/names.js';
import { capital } from '../text/sentence.js';

export function whyOf(
  cell: PlanCell,
  graph: TaskGraph,
  cells: ReadonlyMap<number, PlanCell>,
  words: Words,
): string {
  if (cell.place === 'away') return whyAway(cell, graph.loops, words);
  if (cell.role === 'local' || cell.role === 'sequential') return words.__('Tagged %1', cell.role);
  if (cell.barrier) return words.__('Not understood in full, so everything before it ends first');
  const waits = cell.needs.filter((need) => cells.get(need.cell)?.place === 'away');
  const [first] = waits;
  if (first) return waitsFor(first, cells, words);
  const sequential = loopOf(cell, graph.loops, 'sequential');
  if (sequential) return capital(sequential.reason.text);
  if (cell.role !== 'auto') return words.__('Tagged %1', cell.role);
  const imports = graph.cells.find(({ index }) => index === cell.index)?.imports ?? [];
  if (imports.length > 0 && cell.needs.length === 0) return words.__('Imports');
  if (cell.effects.includes('io')) return words.__('Reads or writes files, in order');
  if (cell.effects.includes('rng')) return words.__('Draws random numbers, in order');
  return words.__('Runs at home in order');
}

function whyAway(cell: PlanCell, loops: readonly LoopVerdict[], words: Words): string {
  const over = cell.away.find((task) => task.over !== null)?.over;
  if (cell.away.some((task) => task.skeleton === 'data-parallel'))
    return words.__('Trained by all workers at once, checked against one device');
  const tagged = cell.role === 'auto' ? null : words.__('Tagged %1', cell.role);
  if (over === undefined) return tagged ?? words.__('Tagged for %1', cell.target);
  const steps = words.__('Independent steps over %1', over ?? '');
  const checked =
    loopOf(cell, loops, 'parallel')?.confidence === 'proved' ? null : words.__('checked while they run');
  return [steps, checked].filter((part) => part !== null).join(', ');
}

function waitsFor(need: Need, cells: ReadonlyMap<number, PlanCell>, words: Words): string {
  const number = String(cells.get(need.cell)?.number ?? '?');
  if (need.names.length === 0) return words.__('Waits for cell [%1]', number);
  return words.__('Waits for %1 from cell [%2]', nameList(need.names, words), number);
}

function loopOf(
  cell: PlanCell,
  loops: readonly LoopVerdict[],
  verdict: LoopVerdict['verdict'],
): LoopVerdict | undefined {
  return loops.find((loop) => loop.cell === cell.index && loop.verdict === verdict);
}
