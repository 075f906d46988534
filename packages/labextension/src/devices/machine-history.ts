// What is remembered of the machines' samples in the browser: joined as they come, the oldest forgotten. Pure.
import type { MachineSample } from '@cellfarm/protocol';

/** Samples of each agent, the oldest first. */
export type MachineHistory = ReadonlyMap<string, readonly MachineSample[]>;

/** An hour at one sample a second. */
const REMEMBERED = 3_600;

export function newestOf(history: MachineHistory, agent: string): number {
  return history.get(agent)?.at(-1)?.time ?? 0;
}

/** The same object when nothing is new. */
export function withSamples(
  history: MachineHistory,
  agent: string,
  samples: readonly MachineSample[],
): MachineHistory {
  const newest = newestOf(history, agent);
  const fresh = samples.filter(({ time }) => time > newest);
  if (fresh.length === 0) return history;
  const all = [...(history.get(agent) ?? []), ...fresh].slice(-REMEMBERED);
  return new Map(history).set(agent, all);
}
