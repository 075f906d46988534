// CPU and GPU: machines and their workers under the timeline, with the tasks that they had, on the same axis.
import type { ReactElement } from 'react';
import type { AgentInfo } from '@cellfarm/protocol';
import { size } from '../text/size.js';
import { targetIcons } from '../parts/icons.js';
import type { RunSource } from '../run/run-source.js';
import type { Words } from '../text/words.js';
import { hostLanes } from './device-lanes.js';
import type { HostLanes } from './device-lanes.js';
import { Bars, Grid, Now, RIGHT } from './chart.js';
import type { Scale } from './chart.js';

export interface DeviceProps {
  readonly source: RunSource;
  readonly agents: readonly AgentInfo[];
  readonly scale: Scale;
  readonly words: Words;
  readonly now: number;
}

const LOAD_HEIGHT = 44;
const LANE_HEIGHT = 19;

export function DeviceLanes({ source, agents, scale, words, now }: DeviceProps): ReactElement {
  const hosts = hostLanes(source.attempts, agents, source.view.startedAt, now);
  return (
    <section className="cellfarm-Devices">
      <h3 className="cellfarm-Devices-title">
        {words.__('CPU and GPU')}
        <span className="cellfarm-Small">
          <i className="cellfarm-Swatch cellfarm-mod-use" /> {words.__('Tasks at work')}
        </span>
        <span className="cellfarm-Small">
          <i className="cellfarm-Swatch cellfarm-mod-task" /> {words.__('Task')}
        </span>
      </h3>
      {hosts.map((host) => (
        <Host key={host.host} lanes={host} scale={scale} words={words} />
      ))}
      {hosts.length === 0 ? (
        <p className="cellfarm-Padded cellfarm-muted">{words.__('No machine has taken a task yet.')}</p>
      ) : null}
    </section>
  );
}

function Host({ lanes, scale, words }: { lanes: HostLanes; scale: Scale; words: Words }): ReactElement {
  const { host, agent, workers } = lanes;
  const height = LOAD_HEIGHT + workers.length * LANE_HEIGHT + 4;
  const width = scale.left + scale.width + RIGHT;
  return (
    <>
      <div className="cellfarm-Devices-host">
        <targetIcons.cpu.react tag="span" className="cellfarm-Icon" /> <b>{host}</b>
        <span className="cellfarm-muted">{machineWords(lanes, words)}</span>
      </div>
      <svg className="cellfarm-Chart" width={width} height={height} role="presentation">
        <Grid scale={scale} height={height} />
        <text x={32} y={20}>
          {words.__('CPU')}
        </text>
        <text className="cellfarm-tick" x={32} y={34}>
          {agent ? words._n('%1 core', '%1 cores', agent.cpus) : words.__('no agent now')}
        </text>
        <path className="cellfarm-Use" d={loadPath(lanes, scale)} />
        {workers.map(({ worker, part, bars }, at) => {
          const y = LOAD_HEIGHT + at * LANE_HEIGHT;
          return (
            <g key={worker}>
              <text className="cellfarm-tick" x={32} y={y + 13}>
                {part === 'home' ? words.__('home') : worker}
              </text>
              <Bars bars={bars} scale={scale} y={y + 2} height={13} labels />
            </g>
          );
        })}
        <text x={width - 10} y={20} textAnchor="end">
          {words.__('most %1', lanes.most)}
        </text>
        <Now scale={scale} height={height} />
      </svg>
      <p className="cellfarm-Devices-gpu">
        <b>{words.__('GPU')}</b> <span className="cellfarm-muted">{gpuWords(lanes, words)}</span>
      </p>
    </>
  );
}

function machineWords({ agent, workers }: HostLanes, words: Words): string {
  const others = workers.filter(({ part }) => part !== 'home').length;
  const told = others > 0 ? [words._n('home and %1 worker', 'home and %1 workers', others)] : [];
  if (agent) told.push(words.__('%1 of memory', size(agent.memoryBytes)));
  return told.join(', ');
}

function gpuWords({ agent }: HostLanes, words: Words): string {
  if (!agent) return words.__('Its agent is not there, so its GPUs are not known.');
  if (agent.gpus > 0) return words._n('%1 GPU', '%1 GPUs', agent.gpus);
  return words.__('No GPU found on this machine. Cells that ask for one wait for a target that has one.');
}

function loadPath({ load, agent, most }: HostLanes, scale: Scale): string {
  const full = Math.max(agent?.cpus ?? 1, most, 1);
  const bottom = LOAD_HEIGHT - 4;
  const y = (tasks: number): number => bottom - (tasks / full) * (LOAD_HEIGHT - 12);
  const first = load[0];
  if (!first) return '';
  const steps = load.map(({ at, tasks }) => `H${scale.x(at).toFixed(1)}V${y(tasks).toFixed(1)}`);
  return `M${scale.x(first.at).toFixed(1)} ${bottom}${steps.join('')}V${bottom}z`;
}
