// What the layout needs of planned cells, small enough to be sent to a worker.
import type { PlanCell } from '../run/plan-cells.js';
import type { LayoutCell } from './layout.js';

export function layoutCells(cells: readonly PlanCell[]): LayoutCell[] {
  return cells.map(({ index, place, target, own, needs }) => ({
    index,
    place,
    target: target === 'auto' ? 'local' : target,
    joinsHere: own?.place !== 'away',
    needs: needs.map(({ cell }) => cell),
  }));
}
