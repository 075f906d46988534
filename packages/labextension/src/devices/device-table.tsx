// Devices and workers as a table: the same words and figures as the lanes, for those who do not look at curves.
import type { ReactElement } from 'react';
import { duration } from '../text/duration.js';
import type { Words } from '../text/words.js';
import type { DeviceRow } from './device-rows.js';
import { momentAt } from './device-rows.js';
import { memoryWords, rowDetail, rowName, useWords } from './device-words.js';

export interface DeviceTableProps {
  readonly host: string;
  readonly rows: readonly DeviceRow[];
  /** Milliseconds since the run began; null: the last second. */
  readonly cursor: number | null;
  readonly running: boolean;
  readonly words: Words;
}

export function DeviceTable({ host, rows, cursor, running, words }: DeviceTableProps): ReactElement {
  return (
    <table className="cellfarm-DeviceTable">
      <caption>{captionOf(host, cursor, running, words)}</caption>
      <thead>
        <tr>
          {[
            words.__('Device or worker'),
            words.__('Use'),
            words.__('Memory'),
            words.__('Tasks'),
            words.__('Time at work'),
          ].map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Line key={row.key} row={row} cursor={cursor} words={words} />
        ))}
      </tbody>
    </table>
  );
}

function captionOf(host: string, cursor: number | null, running: boolean, words: Words): string {
  if (cursor !== null) return words.__('%1, %2 after the run began', host, duration(cursor));
  return running ? words.__('%1, now', host) : words.__('%1, in the last second of the run', host);
}

function Line({ row, cursor, words }: { row: DeviceRow; cursor: number | null; words: Words }): ReactElement {
  const moment = momentAt(row, cursor);
  const busy = row.bars.reduce((sum, { from, to }) => sum + to - from, 0);
  return (
    <tr>
      <th scope="row">{[rowName(row, words), rowDetail(row, words)].filter(Boolean).join(', ')}</th>
      <td>{useWords(moment) || words.__('not known')}</td>
      <td>{memoryWords(row, moment) || words.__('not known')}</td>
      <td>{row.bars.length > 0 ? row.bars.length : ''}</td>
      <td>{row.bars.length > 0 ? duration(busy) : ''}</td>
    </tr>
  );
}
