// Devices and what they do, in words: names, figures, and why there is nothing to show. Pure.
import { size } from '../text/size.js';
import type { Words } from '../text/words.js';
import type { HostLanes } from '../timeline/device-lanes.js';
import type { DeviceRow, Moment } from './device-rows.js';

export function rowName(row: DeviceRow, words: Words): string {
  switch (row.kind) {
    case 'cpu':
      return words.__('CPU');
    case 'gpu':
      return words.__('GPU %1', row.index);
    case 'worker':
      return row.part === 'home' ? words.__('home') : row.worker;
  }
}

export function rowDetail(row: DeviceRow, words: Words): string {
  switch (row.kind) {
    case 'cpu':
      return row.cores > 0 ? words._n('%1 core', '%1 cores', row.cores) : words.__('no agent now');
    case 'gpu':
      return row.name.replace(/^NVIDIA /, '');
    case 'worker':
      return '';
  }
}

/** "97 %, 281 W, 64 °C"; empty when nothing is known. */
export function useWords(moment: Moment | null): string {
  if (moment === null) return '';
  const { use, powerWatts, temperatureCelsius } = moment;
  const said = [
    ...(use === null ? [] : [`${Math.round(use * 100)} %`]),
    ...(powerWatts === null ? [] : [`${Math.round(powerWatts)} W`]),
    ...(temperatureCelsius === null ? [] : [`${Math.round(temperatureCelsius)} °C`]),
  ];
  return said.join(', ');
}

/** "9.2 / 15.6 GB" of a device, "1.7 GB" of a worker; empty when nothing is known. */
export function memoryWords(row: DeviceRow, moment: Moment | null): string {
  const used = moment?.memoryBytes ?? null;
  if (used === null) return '';
  if (row.kind === 'worker' || row.memoryBytes === 0) return size(used);
  const whole = size(row.memoryBytes);
  const unit = whole.slice(whole.lastIndexOf(' '));
  const part = size(used);
  return `${part.endsWith(unit) ? part.slice(0, -unit.length) : part} / ${whole}`;
}

/** Why there is no GPU lane; null when there is one. */
export function noGpuWords({ agent }: HostLanes, words: Words): string | null {
  if (agent === null) return words.__('Its agent is not there, so its GPUs are not known.');
  if (agent.devices.some(({ kind }) => kind === 'gpu')) return null;
  const found = words.__(
    'No GPU found on this machine. Cells that ask for one wait for a target that has one.',
  );
  if (agent.gpuReason === '') return found;
  if (agent.gpuReason !== 'nvidia-smi not found') return `${found} ${words.__('(%1)', agent.gpuReason)}`;
  const help = words.__(
    'nvidia-smi is not installed here: if this machine has an NVIDIA GPU, install its driver.',
  );
  return `${found} ${help}`;
}

/** Why a lane is empty; null when it is not. */
export function nothingSampled(
  row: DeviceRow,
  problem: string,
  running: boolean,
  words: Words,
): string | null {
  if (row.moments.length > 0) return null;
  if (row.kind === 'gpu' && problem !== '') return words.__('Not sampled: %1', problem);
  return running
    ? words.__('Waiting for the first sample.')
    : words.__(
        'No samples: an agent takes one a second while a run goes on, and they are kept for ten minutes.',
      );
}

/** What a screen reader says of a lane. */
export function laneWords(row: DeviceRow, moment: Moment | null, words: Words): string {
  const task = row.bars.findLast(({ state }) => state === 'running' || state === 'retrying');
  return [
    rowName(row, words),
    rowDetail(row, words),
    useWords(moment),
    memoryWords(row, moment),
    task && task.label !== '' ? words.__('runs shard %1', task.label) : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}
