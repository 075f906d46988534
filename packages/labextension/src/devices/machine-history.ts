// What is remembered of the machines' samples in the browser: joined as they come, the oldest forgotten. Pure.
import type { MachineSample, SamplesAnswer } from '@cellfarm/protocol';

/** Samples of each agent, the oldest first. */
export type MachineHistory = ReadonlyMap<string, readonly MachineSample[]>;

/** An hour at one sample a second. */
const REMEMBERED = 3_600;

export function newestOf(history: MachineHistory, agent: string): number {
  return history.get(agent)?.at(-1)?.time ?? 0;
}

/** A clock that is this far behind what it said before was set back. */
const SET_BACK_MS = 2_000;

/** The same object when nothing is new. What lies in the future of a clock that was set back is forgotten, or nothing would be new. */
export function withSamples(
  history: MachineHistory,
  agent: string,
  { now, samples }: SamplesAnswer,
): MachineHistory {
  const before = history.get(agent) ?? [];
  const kept =
    newestOf(history, agent) > now + SET_BACK_MS ? before.filter(({ time }) => time <= now) : before;
  const newest = kept.at(-1)?.time ?? 0;
  const fresh = samples.filter(({ time }) => time > newest);
  if (fresh.length === 0 && kept === before) return history;
  return new Map(history).set(agent, [...kept, ...fresh].slice(-REMEMBERED));
}
