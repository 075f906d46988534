// The parts that every chart on the run's time axis is made of: scale, grid, bars and the line that is now.
import type { ReactElement } from 'react';
import { duration } from '../text/duration.js';
import { axisMarks, markLabel } from './axis.js';
import type { Bar } from './bars.js';

/** Part of the run's time that is shown, as shares of the whole. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Maps time to pixels. */
export interface Scale {
  readonly left: number;
  readonly width: number;
  readonly marks: readonly { readonly x: number; readonly label: string }[];
  readonly x: (ms: number) => number;
  readonly nowX: number | null;
}

/** Room left of the axis for names, and right of it for figures, in pixels. */
const LEFT = 170;
export const RIGHT = 92;

export function scaleOf(width: number, total: number, span: Span, nowMs: number | null): Scale {
  const inner = Math.max(60, width - LEFT - RIGHT);
  const from = span.from * total;
  const shown = (span.to - span.from) * total;
  const x = (ms: number): number =>
    LEFT + (inner * (Math.min(Math.max(ms, from), from + shown) - from)) / shown;
  const marks = axisMarks(total)
    .filter((ms) => ms >= from && ms <= from + shown)
    .map((ms) => ({ x: x(ms), label: markLabel(ms, total) }));
  return { left: LEFT, width: inner, marks, x, nowX: nowMs === null ? null : x(nowMs) };
}

export function Bars({
  bars,
  scale,
  y,
  height,
  labels = false,
}: {
  bars: readonly Bar[];
  scale: Scale;
  y: number;
  height: number;
  labels?: boolean;
}): ReactElement {
  return (
    <>
      {bars.map((bar, at) => {
        const x = scale.x(bar.from);
        const width = Math.max(1.5, scale.x(bar.to) - x - 0.5);
        return (
          <g key={at}>
            <rect className={`cellfarm-Bar cellfarm-${bar.state}`} x={x} y={y} width={width} height={height}>
              <title>{`${bar.label} ${duration(bar.to - bar.from)}`.trim()}</title>
            </rect>
            {labels && bar.label !== '' && width > 18 ? (
              <text className="cellfarm-Bar-label" x={x + 4} y={y + height - 3}>
                {bar.label}
              </text>
            ) : null}
          </g>
        );
      })}
    </>
  );
}

export function Grid({
  scale,
  height,
  labels = false,
}: {
  scale: Scale;
  height: number;
  labels?: boolean;
}): ReactElement {
  return (
    <>
      {scale.marks.map(({ x, label }) => (
        <g key={x}>
          <path className="cellfarm-gridline" d={`M${x} ${labels ? 20 : 0}V${height}`} />
          {labels ? (
            <text className="cellfarm-tick" x={x} y={14} textAnchor="middle">
              {label}
            </text>
          ) : null}
        </g>
      ))}
    </>
  );
}

export function Now({ scale, height }: { scale: Scale; height: number }): ReactElement | null {
  return scale.nowX === null ? null : <path className="cellfarm-nowline" d={`M${scale.nowX} 0V${height}`} />;
}
