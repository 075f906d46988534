// CPU and GPU: the machines of a run under its timeline, on the same axis. Left and Right move one cursor over all lanes, whose figures
// are then those of that time; the same as a table on request.
import { useMemo, useState } from 'react';
import type { KeyboardEvent, MouseEvent, ReactElement } from 'react';
import type { AgentInfo } from '@cellfarm/protocol';
import { targetIcons } from '../parts/icons.js';
import type { RunSource } from '../run/run-source.js';
import { Grid, Now, RIGHT } from '../timeline/chart.js';
import type { Scale } from '../timeline/chart.js';
import { hostLanes } from '../timeline/device-lanes.js';
import type { HostLanes } from '../timeline/device-lanes.js';
import { size } from '../text/size.js';
import type { Words } from '../text/words.js';
import { cursorAfterKey, timeAt } from './cursor.js';
import { machineRows } from './device-rows.js';
import type { DeviceRow, MachineRows } from './device-rows.js';
import { DeviceTable } from './device-table.js';
import { noGpuWords, nothingSampled } from './device-words.js';
import { Lane, laneHeight } from './lane.js';
import { useSamples } from './use-samples.js';
import type { AskSamples } from './use-samples.js';

export interface DevicePanelProps {
  readonly source: RunSource;
  readonly agents: readonly AgentInfo[];
  readonly samples: AskSamples;
  readonly scale: Scale;
  readonly words: Words;
  /** Milliseconds since 1970; the end of the run once it is over. */
  readonly now: number;
}

/** Workers of one machine that get a lane; the table has them all. */
const MOST_WORKERS = 48;

export function DevicePanel(props: DevicePanelProps): ReactElement {
  const { source, agents, samples, scale, words, now } = props;
  const [cursor, setCursor] = useState<number | null>(null);
  const [asTable, setAsTable] = useState(false);
  const { startedAt, state } = source.view;
  const names = agents.map(({ agent }) => agent);
  const history = useSamples(names, samples, state === 'running');
  const hosts = useMemo(
    () =>
      hostLanes(source.attempts, agents, startedAt, now).map((lanes) => ({
        lanes,
        rows: machineRows(lanes, source.view, history.get(lanes.agent?.agent ?? '') ?? [], now),
      })),
    [source, agents, startedAt, now, history],
  );
  const end = now - startedAt;
  const onKeyDown = (event: KeyboardEvent): void => {
    const moved = cursorAfterKey(event.key, cursor, end);
    if (moved === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setCursor(moved);
  };
  const onMouseMove = ({ clientX, currentTarget }: MouseEvent): void =>
    setCursor(timeAt(scale, clientX - currentTarget.getBoundingClientRect().left, end));
  return (
    <section className="cellfarm-Devices">
      <Title asTable={asTable} onTable={setAsTable} words={words} />
      <div
        tabIndex={0}
        role="group"
        aria-label={words.__('Machines. Left and Right move through time, Escape goes back to now.')}
        onKeyDown={onKeyDown}
        onMouseMove={onMouseMove}
        onMouseLeave={() => setCursor(null)}
      >
        {hosts.map(({ lanes, rows }) => (
          <Machine
            key={lanes.host}
            lanes={lanes}
            rows={rows}
            asTable={asTable}
            cursor={cursor}
            running={state === 'running'}
            scale={scale}
            words={words}
          />
        ))}
      </div>
      {hosts.length === 0 ? (
        <p className="cellfarm-Padded cellfarm-muted">{words.__('No machine has taken a task yet.')}</p>
      ) : null}
    </section>
  );
}

function Title({
  asTable,
  onTable,
  words,
}: {
  asTable: boolean;
  onTable: (wanted: boolean) => void;
  words: Words;
}): ReactElement {
  return (
    <h3 className="cellfarm-Devices-title">
      {words.__('CPU and GPU')}
      <span className="cellfarm-Small">
        <i className="cellfarm-Swatch cellfarm-mod-use" /> {words.__('Use')}
      </span>
      <span className="cellfarm-Small">
        <i className="cellfarm-Swatch cellfarm-mod-memory" /> {words.__('Memory')}
      </span>
      <span className="cellfarm-Small">
        <i className="cellfarm-Swatch cellfarm-mod-task" /> {words.__('Task')}
      </span>
      <span className="cellfarm-push cellfarm-Small cellfarm-muted">
        {words.__('One sample a second while a run goes on')}
      </span>
      <button
        type="button"
        className="cellfarm-Button cellfarm-mod-plain"
        aria-pressed={asTable}
        onClick={() => onTable(!asTable)}
      >
        {words.__('Table')}
      </button>
    </h3>
  );
}

interface MachineProps {
  readonly lanes: HostLanes;
  readonly rows: MachineRows;
  readonly asTable: boolean;
  readonly cursor: number | null;
  readonly running: boolean;
  readonly scale: Scale;
  readonly words: Words;
}

function Machine({ lanes, rows, asTable, cursor, running, scale, words }: MachineProps): ReactElement {
  const noGpu = noGpuWords(lanes, words);
  const all = [rows.cpu, ...rows.gpus, ...rows.workers];
  const shown = [rows.cpu, ...rows.gpus, ...rows.workers.slice(0, MOST_WORKERS)];
  const more = all.length - shown.length;
  return (
    <>
      <div className="cellfarm-Devices-host">
        <targetIcons.cpu.react tag="span" className="cellfarm-Icon" /> <b>{lanes.host}</b>
        <span className="cellfarm-muted">{machineWords(lanes, words)}</span>
      </div>
      {asTable ? (
        <DeviceTable host={lanes.host} rows={all} cursor={cursor} running={running} words={words} />
      ) : (
        <Lanes
          rows={shown}
          sentence={(row) =>
            row.kind === 'worker' ? null : nothingSampled(row, rows.gpuProblem, running, words)
          }
          cursor={cursor}
          scale={scale}
          words={words}
        />
      )}
      {more > 0 && !asTable ? (
        <p className="cellfarm-Devices-gpu cellfarm-muted">
          {words._n('%1 more worker is in the table.', '%1 more workers are in the table.', more)}
        </p>
      ) : null}
      {noGpu === null ? null : (
        <p className="cellfarm-Devices-gpu">
          <b>{words.__('GPU')}</b> <span className="cellfarm-muted">{noGpu}</span>
        </p>
      )}
    </>
  );
}

interface LanesProps {
  readonly rows: readonly DeviceRow[];
  readonly sentence: (row: DeviceRow) => string | null;
  readonly cursor: number | null;
  readonly scale: Scale;
  readonly words: Words;
}

function Lanes({ rows, sentence, cursor, scale, words }: LanesProps): ReactElement {
  const tops = rows.reduce<number[]>((found, _row, at) => {
    const before = rows[at - 1];
    return [...found, before ? (found.at(-1) ?? 0) + laneHeight(before) : 0];
  }, []);
  const height = rows.reduce((sum, row) => sum + laneHeight(row), 4);
  return (
    <svg className="cellfarm-Chart" width={scale.left + scale.width + RIGHT} height={height}>
      <Grid scale={scale} height={height} />
      {rows.map((row, at) => (
        <Lane
          key={row.key}
          row={row}
          y={tops[at] ?? 0}
          scale={scale}
          cursor={cursor}
          sentence={sentence(row)}
          words={words}
        />
      ))}
      {cursor === null ? null : (
        <path className="cellfarm-Cursor" d={`M${scale.x(cursor).toFixed(1)} 0V${height}`} />
      )}
      <Now scale={scale} height={height} />
    </svg>
  );
}

function machineWords({ agent, workers, most }: HostLanes, words: Words): string {
  const others = workers.filter(({ part }) => part !== 'home').length;
  const told = others > 0 ? [words._n('home and %1 worker', 'home and %1 workers', others)] : [];
  if (most > 1) told.push(words.__('at most %1 at work', most));
  if (agent) told.push(words.__('%1 of memory', size(agent.memoryBytes)));
  return told.join(', ');
}
