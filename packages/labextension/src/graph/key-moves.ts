// What a key does in the graph. Pure: the next selection, or the cell to show.
import type { CellNode } from '../run/cell-nodes.js';

export type KeyMove =
  | { readonly type: 'select'; readonly cell: number | null }
  | { readonly type: 'open'; readonly cell: number }
  /** Whatever may be ordered about the cell: its work comes home, or the run is cancelled. */
  | { readonly type: 'cancel'; readonly cell: number };

export function keyMove(key: string, nodes: readonly CellNode[], selected: number | null): KeyMove | null {
  const at = nodes.findIndex(({ cell }) => cell.index === selected);
  const select = (position: number): KeyMove | null => {
    const node = nodes[Math.min(Math.max(position, 0), nodes.length - 1)];
    return node ? { type: 'select', cell: node.cell.index } : null;
  };
  const away = (positions: readonly number[]): KeyMove | null => {
    const found = positions.find((position) => nodes[position]?.cell.place === 'away');
    return found === undefined ? null : select(found);
  };
  switch (key) {
    case 'ArrowDown':
      return select(at + 1);
    case 'ArrowUp':
      return select(at < 0 ? 0 : at - 1);
    case 'ArrowRight':
      return away(nodes.map((_, position) => position).filter((position) => position > at));
    case 'ArrowLeft':
      return away(
        nodes
          .map((_, position) => position)
          .filter((position) => position < at)
          .reverse(),
      );
    case 'Home':
      return select(0);
    case 'End':
      return select(nodes.length - 1);
    case 'Escape':
      return selected === null ? null : { type: 'select', cell: null };
    case 'Enter':
      return selected === null ? null : { type: 'open', cell: selected };
    case 'Delete':
    case 'Backspace':
      return selected === null ? null : { type: 'cancel', cell: selected };
    default:
      return null;
  }
}
