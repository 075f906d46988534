// One lane: the tasks of a device or worker as bars, its use as an area, its memory as a line, figures at the right.
import type { ReactElement } from 'react';
import { Bars, RIGHT } from '../timeline/chart.js';
import type { Scale } from '../timeline/chart.js';
import { clipped } from '../text/clipped.js';
import type { Words } from '../text/words.js';
import { areaPath, linePath, pieces } from './curve.js';
import type { DeviceRow } from './device-rows.js';
import { fullUse, momentAt } from './device-rows.js';
import { laneWords, memoryWords, rowDetail, rowName, useWords } from './device-words.js';

export interface LaneProps {
  readonly row: DeviceRow;
  readonly y: number;
  readonly scale: Scale;
  /** Milliseconds since the run began; null: the last second. */
  readonly cursor: number | null;
  /** Shown where curves would be when there are none; null: nothing is. */
  readonly sentence: string | null;
  readonly words: Words;
}

const DEVICE_HEIGHT = 48;
const WORKER_HEIGHT = 30;
const WORKER_BAR = 13;
const STRIP = 6;
const NAME_X = 32;

export function laneHeight({ kind }: DeviceRow): number {
  return kind === 'worker' ? WORKER_HEIGHT : DEVICE_HEIGHT;
}

export function Lane({ row, y, scale, cursor, sentence, words }: LaneProps): ReactElement {
  const moment = momentAt(row, cursor);
  const height = laneHeight(row);
  const isWorker = row.kind === 'worker';
  const bar = isWorker ? WORKER_BAR : STRIP;
  const top = y + bar + 4;
  const bottom = y + height - 3;
  const full = fullUse(row);
  const use = pieces(
    row.moments.map((one) => ({ at: one.at, share: one.use === null ? null : one.use / full })),
    scale.x,
  );
  const memory = pieces(
    row.moments.map((one) => ({ at: one.at, share: shareOf(one.memoryBytes, row.memoryBytes) })),
    scale.x,
  );
  const right = scale.left + scale.width + RIGHT - 10;
  return (
    <g role="img" aria-label={laneWords(row, moment, words)}>
      <text className={isWorker ? 'cellfarm-tick' : undefined} x={NAME_X} y={y + (isWorker ? 13 : 20)}>
        {rowName(row, words)}
      </text>
      <text className="cellfarm-tick" x={NAME_X} y={y + 34}>
        {clipped(rowDetail(row, words), 22)}
      </text>
      <path className="cellfarm-Use" d={areaPath(use, top, bottom)} />
      <path className="cellfarm-Memory" d={linePath(memory, top, bottom)} />
      <Bars bars={row.bars} scale={scale} y={y + 2} height={bar} labels={isWorker} />
      {sentence === null ? null : (
        <text className="cellfarm-tick" x={scale.left} y={y + 28}>
          {sentence}
        </text>
      )}
      <text x={right} y={y + (isWorker ? 13 : 20)} textAnchor="end">
        {useWords(moment)}
      </text>
      <text className="cellfarm-tick" x={right} y={y + (isWorker ? 26 : 34)} textAnchor="end">
        {memoryWords(row, moment)}
      </text>
    </g>
  );
}

function shareOf(part: number | null, whole: number): number | null {
  return part === null || whole <= 0 ? null : part / whole;
}
