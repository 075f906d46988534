// The timeline: cells in document order above, machines and workers below, one time axis for both.
import { useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import type { AgentInfo } from '@cellfarm/protocol';
import { DevicePanel } from '../devices/device-panel.js';
import type { AskSamples } from '../devices/use-samples.js';
import { StateText } from '../parts/state-icon.js';
import type { CellNode } from '../run/cell-nodes.js';
import type { RunSource } from '../run/run-source.js';
import { stateWord } from '../run/state-words.js';
import { duration } from '../text/duration.js';
import { clipped } from '../text/clipped.js';
import type { Words } from '../text/words.js';
import { timelineRows } from './bars.js';
import type { Bar, TimelineRow } from './bars.js';
import { Bars, Grid, Now, RIGHT, scaleOf } from './chart.js';
import type { Scale, Span } from './chart.js';
import { criticalPath } from './critical-path.js';
import { useWheel } from '../parts/use-wheel.js';
import { useWidth } from '../parts/use-width.js';

export interface TimelineProps {
  readonly source: RunSource;
  readonly nodes: readonly CellNode[];
  readonly agents: readonly AgentInfo[];
  readonly samples: AskSamples;
  readonly selected: number | null;
  readonly onSelect: (cell: number) => void;
  readonly words: Words;
  readonly now: number;
}

const ROW = 24;
const HAIRLINE = 4.4;
const TOP = 24;
const WHOLE: Span = { from: 0, to: 1 };

export function TimelineView(props: TimelineProps): ReactElement {
  const { source, words } = props;
  if (source.view.startedAt === 0)
    return <p className="cellfarm-Padded">{words.__('Nothing has run yet.')}</p>;
  return <Timeline {...props} />;
}

function Timeline(props: TimelineProps): ReactElement {
  const { source, nodes, words, now } = props;
  const [box, width] = useWidth();
  const [span, setSpan] = useState(WHOLE);
  const { startedAt } = source.view;
  const total = Math.max(1_000, (now - startedAt) * (source.view.state === 'running' ? 1.15 : 1.02));
  const scale = scaleOf(width, total, span, source.view.state === 'running' ? now - startedAt : null);
  const zoom = (factor: number, around?: number): void =>
    setSpan((before) => zoomed(before, factor, around ?? (before.from + before.to) / 2));
  useWheel(box, (steps) => zoom(steps > 0 ? 1.25 : 0.8));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === '+') zoom(0.8);
    else if (event.key === '-') zoom(1.25);
    else if (event.key === '0') setSpan(WHOLE);
  };
  const path = criticalPath(nodes);
  return (
    <div
      className="cellfarm-Timeline"
      ref={box}
      tabIndex={0}
      role="region"
      aria-label={words.__('Timeline. Plus and minus zoom, 0 shows all.')}
      onKeyDown={onKeyDown}
    >
      <Cells
        {...props}
        scale={scale}
        rows={timelineRows(nodes, source.attempts, startedAt, now)}
        path={path.cells}
      />
      <div className="cellfarm-Legend">
        {(['done', 'running', 'retrying'] as const).map((state) => (
          <StateText key={state} state={state}>
            {stateWord(state, words)}
          </StateText>
        ))}
        <span className="cellfarm-nowrap">
          <svg width="20" height="6" aria-hidden>
            <path className="cellfarm-critical" d="M0 3h20" />
          </svg>{' '}
          {path.named.length > 0
            ? words.__('Critical path: %1', path.named.map(({ cell }) => cell.title).join(', '))
            : words.__('Critical path')}
        </span>
      </div>
      <DevicePanel {...props} scale={scale} />
    </div>
  );
}

function zoomed(span: Span, factor: number, around: number): Span {
  const length = Math.min(1, Math.max(0.01, (span.to - span.from) * factor));
  const from = Math.min(1 - length, Math.max(0, around - length / 2));
  return { from, to: from + length };
}

function Cells({
  rows,
  scale,
  path,
  selected,
  onSelect,
  words,
  now,
}: TimelineProps & {
  rows: readonly TimelineRow[];
  scale: Scale;
  path: readonly CellNode[];
}): ReactElement {
  const heights = rows.map(({ lines }) => Math.max(ROW, lines.length > 1 ? lines.length * HAIRLINE + 8 : 0));
  const tops = heights.map((_, at) => TOP + heights.slice(0, at).reduce((sum, height) => sum + height, 0));
  const height = TOP + heights.reduce((sum, one) => sum + one, 0) + 6;
  const critical = new Set(path.map(({ cell }) => cell.index));
  return (
    <svg
      className="cellfarm-Chart"
      width={scale.left + scale.width + RIGHT}
      height={height}
      role="presentation"
    >
      <Grid scale={scale} height={height} labels />
      {rows.map(({ node, lines }, at) => {
        const y = tops[at] ?? 0;
        const rowHeight = heights[at] ?? ROW;
        const chosen = node.cell.index === selected;
        return (
          <g
            key={node.cell.index}
            className={`cellfarm-Chart-row${chosen ? ' cellfarm-mod-selected' : ''}`}
            onClick={() => onSelect(node.cell.index)}
          >
            <rect
              className="cellfarm-Chart-hit"
              x={0}
              y={y}
              width={scale.left + scale.width + RIGHT}
              height={rowHeight}
            />
            <text className="cellfarm-tick" x={24} y={y + rowHeight / 2 + 4} textAnchor="end">
              {node.cell.number}
            </text>
            <text x={32} y={y + rowHeight / 2 + 4}>
              {clipped(node.cell.title, 20)}
            </text>
            {lines.map((bars, line) => (
              <Bars
                key={line}
                bars={bars}
                scale={scale}
                y={lines.length > 1 ? y + 4 + line * HAIRLINE : y + 6}
                height={lines.length > 1 ? 3 : 12}
              />
            ))}
            {critical.has(node.cell.index) && node.startedAt !== null && lines.length > 0 ? (
              <CriticalLine lines={lines} scale={scale} y={y + rowHeight - 3} />
            ) : null}
            <text x={scale.left + scale.width + RIGHT - 10} y={y + rowHeight / 2 + 4} textAnchor="end">
              {timeOf(node, now, words)}
            </text>
          </g>
        );
      })}
      <Now scale={scale} height={height} />
    </svg>
  );
}

function CriticalLine({
  lines,
  scale,
  y,
}: {
  lines: readonly (readonly Bar[])[];
  scale: Scale;
  y: number;
}): ReactElement {
  const bars = lines.flat();
  const from = Math.min(...bars.map((bar) => bar.from));
  const to = Math.max(...bars.map((bar) => bar.to));
  return (
    <path
      className="cellfarm-critical"
      d={`M${scale.x(from)} ${y}H${Math.max(scale.x(to), scale.x(from) + 2)}`}
    />
  );
}

function timeOf(node: CellNode, now: number, words: Words): string {
  if (node.durationMs !== null) return duration(node.durationMs);
  if (node.startedAt !== null && node.state !== 'cancelled')
    return duration(Math.max(0, now - node.startedAt));
  return stateWord(node.state, words);
}
