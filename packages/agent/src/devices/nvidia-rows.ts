// Reads the rows that nvidia-smi prints for `--query-gpu=… --format=csv,noheader,nounits`. Pure. A driver prints "[N/A]" or
// "[Not Supported]" for what it does not know, and sentences instead of rows when a GPU fell off the bus.
import type { Device, GpuSample } from '@cellfarm/protocol';

const MIB = 2 ** 20;

export const LIST_FIELDS = ['index', 'uuid', 'name', 'memory.total'] as const;
export const SAMPLE_FIELDS = [
  'uuid',
  'utilization.gpu',
  'memory.used',
  'memory.total',
  'power.draw',
  'temperature.gpu',
] as const;

function fieldsOf(line: string, count: number): string[] | null {
  const fields = line.split(',').map((field) => field.trim());
  return fields.length === count && fields.every((field) => field !== '') ? fields : null;
}

function numberOf(field: string | undefined): number | null {
  return field !== undefined && /^-?\d+(\.\d+)?$/.test(field) ? Number(field) : null;
}

/** One row of `LIST_FIELDS`; null when it is not one. */
export function parseDevice(line: string, host: string): Device | null {
  const [index, uuid, name, memory] = fieldsOf(line, LIST_FIELDS.length) ?? [];
  const at = numberOf(index);
  if (at === null || uuid === undefined || name === undefined) return null;
  const memoryBytes = (numberOf(memory) ?? 0) * MIB;
  return { kind: 'gpu', vendor: 'nvidia', name, uuid, memoryBytes, parent: host, index: at };
}

/** One row of `SAMPLE_FIELDS`; null when it is not one. */
export function parseSample(line: string): GpuSample | null {
  const [uuid, use, used, total, power, temperature] = fieldsOf(line, SAMPLE_FIELDS.length) ?? [];
  if (uuid === undefined || !/^(GPU|MIG)-/.test(uuid)) return null;
  return {
    uuid,
    use: positive(use, (percent) => Math.min(1, percent / 100)),
    memoryUsedBytes: positive(used, (mib) => Math.round(mib * MIB)),
    memoryTotalBytes: positive(total, (mib) => Math.round(mib * MIB)),
    powerWatts: positive(power, (watts) => watts),
    temperatureCelsius: numberOf(temperature),
  };
}

/** Null also for the negative numbers that a broken sensor shows. */
function positive(field: string | undefined, convert: (value: number) => number): number | null {
  const value = numberOf(field);
  return value === null || value < 0 ? null : convert(value);
}
