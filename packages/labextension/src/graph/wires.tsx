// The lines of the graph: the spine, the branches to what left it, and the ways back. Solid has happened, dotted lies
// ahead; the solid share of a way back is the share of the work that is done. Draws only the rows in sight.
import type { ReactElement } from 'react';
import type { CellNode } from '../run/cell-nodes.js';
import { isOver } from '../run/task-state.js';
import { SPINE_X } from './layout.js';
import type { GraphLayout, LayoutRow } from './layout.js';

export interface WiresProps {
  readonly layout: GraphLayout;
  readonly nodes: readonly CellNode[];
  readonly selected: number | null;
  /** First and last row in sight. */
  readonly from: number;
  readonly to: number;
}

/** A way back may come from a card this many rows above the sight. */
const REACH = 40;

export function Wires({ layout, nodes, selected, from, to }: WiresProps): ReactElement {
  const first = Math.max(0, from - REACH);
  const rows = layout.rows.slice(first, to + 1);
  const reached = nodes.findLastIndex((node) => node.startedAt !== null);
  const top = layout.rows[Math.max(0, from)]?.y ?? 0;
  const bottom = layout.rows[Math.min(to, layout.rows.length - 1)]?.y ?? 0;
  const turn = layout.rows[Math.max(0, reached)]?.y ?? top;
  const spineTo = Math.min(bottom, reached < 0 ? top : turn);
  const order = [...rows].sort((a, b) => Number(a.index === selected) - Number(b.index === selected));
  return (
    <svg className="cellfarm-Wires" width={layout.width} height={layout.height} aria-hidden>
      {bottom > spineTo ? (
        <path className="cellfarm-spine-ahead" d={`M${SPINE_X} ${spineTo}V${bottom}`} />
      ) : null}
      {spineTo > top ? <path className="cellfarm-spine" d={`M${SPINE_X} ${top}V${spineTo}`} /> : null}
      {order.map((row) => {
        const node = nodes[layout.rows.indexOf(row)];
        return node ? <Away key={row.index} row={row} node={node} selected={row.index === selected} /> : null;
      })}
    </svg>
  );
}

function Away({
  row,
  node,
  selected,
}: {
  row: LayoutRow;
  node: CellNode;
  selected: boolean;
}): ReactElement | null {
  if (row.branch === null || row.back === null) return null;
  const begun = node.startedAt !== null;
  const share = shareDone(node);
  const moving = share < 1 && !isOver(node.state) ? ` cellfarm-${node.state} cellfarm-mod-moving` : '';
  const tone = selected ? ' cellfarm-mod-selected' : '';
  const way = row.back.path;
  return (
    <g>
      <path className="cellfarm-casing" d={row.branch} />
      <path className={`cellfarm-track${tone}${begun ? '' : ' cellfarm-mod-ahead'}`} d={row.branch} />
      {share < 1 ? <path className={`cellfarm-track cellfarm-mod-ahead${tone}`} d={way} /> : null}
      {share > 0 ? (
        <path
          className={`cellfarm-track cellfarm-back${tone}${moving}`}
          pathLength={100}
          strokeDasharray={share < 1 ? `${100 * share} 200` : undefined}
          d={way}
        />
      ) : null}
      <path className={`cellfarm-arrow${tone}`} d={`M${SPINE_X + 4} ${row.back.y}l8-5v10z`} />
      <circle className="cellfarm-departure" cx={SPINE_X} cy={row.y} r={9} />
      <text
        className={`cellfarm-departure-number${node.cell.number > 99 ? ' cellfarm-mod-long' : ''}`}
        x={SPINE_X}
        y={row.y + 4}
        textAnchor="middle"
      >
        {node.cell.number}
      </text>
    </g>
  );
}

function shareDone(node: CellNode): number {
  if (node.state === 'done' || node.state === 'reused') return 1;
  if (!node.map || node.map.shards.length === 0) return 0;
  return (node.map.counts.done + node.map.counts.reused) / node.map.shards.length;
}
