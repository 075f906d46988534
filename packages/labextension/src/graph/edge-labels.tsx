// The variables that travel to and from the selected cell, on its lines; the reason is in the tooltip.
import type { ReactElement } from 'react';
import type { CellNode } from '../run/cell-nodes.js';
import type { Words } from '../text/words.js';
import { nameList } from '../text/names.js';
import type { GraphLayout } from './layout.js';

export interface EdgeLabelsProps {
  readonly layout: GraphLayout;
  readonly nodes: readonly CellNode[];
  readonly chosen: CellNode;
  readonly words: Words;
}

export function EdgeLabels({ layout, nodes, chosen, words }: EdgeLabelsProps): ReactElement | null {
  const row = layout.rows.find(({ index }) => index === chosen.cell.index);
  if (!row?.card || !row.back) return null;
  const reads = [...new Set(chosen.cell.needs.flatMap((need) => need.names))];
  const readers = nodes.flatMap((node) => node.cell.needs.filter((need) => need.cell === chosen.cell.index));
  const writes = [...new Set(readers.flatMap((need) => need.names))];
  const from = chosen.cell.needs.map((need) => {
    const number = nodes.find(({ cell }) => cell.index === need.cell)?.cell.number ?? '?';
    return words.__('%1 from cell [%2]', need.names.join(', '), number);
  });
  return (
    <>
      <Label x={62} y={row.y} room={row.card.x - 70} text={nameList(reads, words)} title={from.join('\n')} />
      <Label
        x={62}
        y={row.back.y}
        room={row.card.x - 70}
        text={nameList(writes, words)}
        title={writes.join(', ')}
      />
    </>
  );
}

interface LabelProps {
  readonly x: number;
  readonly y: number;
  readonly room: number;
  readonly text: string;
  readonly title: string;
}

function Label({ x, y, room, text, title }: LabelProps): ReactElement | null {
  if (text === '') return null;
  return (
    <div className="cellfarm-EdgeLabel" style={{ left: x, top: y - 9, maxWidth: room }} title={title}>
      {text}
    </div>
  );
}
