// The shards of a map as a ring: one segment each up to 64, above that one arc a state. Width tells the state too.
import type { ReactElement } from 'react';
import type { MapNode } from '../run/cell-nodes.js';
import { SHOWN_STATES } from '../run/task-state.js';
import type { ShownState } from '../run/task-state.js';

const MOST_SEGMENTS = 64;
const WIDTHS: Partial<Record<ShownState, number>> = { queued: 0.3, waiting: 0.3, running: 0.55 };

export function Ring({ map, radius, width }: { map: MapNode; radius: number; width: number }): ReactElement {
  const size = 2 * (radius + width);
  const arcs = arcsOf(map);
  const gap = arcs.length > 24 ? 0.04 : arcs.length > 1 ? 0.09 : 0.001;
  return (
    <svg className="cellfarm-Ring" width={size} height={size} aria-hidden>
      {arcs.map(({ state, from, to }, at) => (
        <path
          key={at}
          className={`cellfarm-${state}`}
          d={arc(radius, radius + width, from + gap / 2, to - gap / 2)}
          fill="none"
          stroke="var(--cellfarm-fill)"
          strokeWidth={Math.max(1.5, width * (WIDTHS[state] ?? 1))}
        />
      ))}
    </svg>
  );
}

interface Arc {
  readonly state: ShownState;
  /** Radians from the top, clockwise. */
  readonly from: number;
  readonly to: number;
}

function arcsOf({ shards, counts }: MapNode): Arc[] {
  const parts: [ShownState, number][] =
    shards.length <= MOST_SEGMENTS
      ? shards.map(({ state }) => [state, 1])
      : SHOWN_STATES.map((state): [ShownState, number] => [state, counts[state]]).filter(([, n]) => n > 0);
  const turn = (2 * Math.PI) / Math.max(1, shards.length);
  let at = 0;
  return parts.map(([state, count]) => {
    const from = at * turn;
    at += count;
    return { state, from, to: at * turn };
  });
}

function arc(radius: number, centre: number, from: number, to: number): string {
  const end = Math.min(to, from + 2 * Math.PI - 0.001);
  const point = (angle: number): string =>
    `${(centre + radius * Math.sin(angle)).toFixed(2)} ${(centre - radius * Math.cos(angle)).toFixed(2)}`;
  return `M${point(from)}A${radius} ${radius} 0 ${end - from > Math.PI ? 1 : 0} 1 ${point(end)}`;
}
