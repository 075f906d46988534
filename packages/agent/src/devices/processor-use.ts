// What the processors of this machine did between two looks, and its memory. What a core did is told by the system as time since
// boot; the share is the difference.
import { cpus, totalmem } from 'node:os';
import type { CpuInfo } from 'node:os';
import type { MachineSample } from '@cellfarm/protocol';

/** Time since boot, in any unit, of one core. */
export interface CoreTime {
  readonly busy: number;
  readonly all: number;
}

function coreTimes(infos: readonly Pick<CpuInfo, 'times'>[]): CoreTime[] {
  return infos.map(({ times: { user, nice, sys, irq, idle } }) => {
    const busy = user + nice + sys + irq;
    return { busy, all: busy + idle };
  });
}

export function readCoreTimes(): CoreTime[] {
  return coreTimes(cpus());
}

/** Shares between two looks. A core that came after the first look counts from its own beginning. */
export function shares(before: readonly CoreTime[], after: readonly CoreTime[]): MachineSample['cpu'] {
  const spent = after.map((core, at) => {
    const first = before[at] ?? { busy: 0, all: 0 };
    return { busy: Math.max(0, core.busy - first.busy), all: Math.max(0, core.all - first.all) };
  });
  const busy = spent.reduce((sum, core) => sum + core.busy, 0);
  const all = spent.reduce((sum, core) => sum + core.all, 0);
  return { all: shareOf(busy, all), cores: spent.map((core) => shareOf(core.busy, core.all)) };
}

function shareOf(busy: number, all: number): number {
  return all <= 0 ? 0 : Math.min(1, Math.round((1000 * busy) / all) / 1000);
}

/** Memory that this machine, or the container that we are in, has and uses. */
export function readMemory(): MachineSample['memory'] {
  const limit = process.constrainedMemory();
  const totalBytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return { usedBytes: Math.max(0, totalBytes - process.availableMemory()), totalBytes };
}
