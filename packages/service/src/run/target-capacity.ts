// What targets have for a run: the sum over the agents that serve each, or, before one has announced itself, this machine for `local`.
// A target that nobody serves is left out. Pure but for the look at this machine.
import { availableParallelism, totalmem } from 'node:os';
import type { AgentInfo, TargetName } from '@cellfarm/protocol';
import type { Capacity } from '@cellfarm/scheduler';

export function thisMachine(): Capacity {
  return { cpus: availableParallelism(), memoryBytes: totalmem(), gpus: 0 };
}

export type Capacities = Readonly<Record<string, Capacity>>;

export function capacitiesOf(
  targets: readonly TargetName[],
  agents: readonly AgentInfo[],
  machine: Capacity,
): Capacities {
  const entries = targets.flatMap((target): [string, Capacity][] => {
    const serving = agents.filter((agent) => agent.targets.includes(target));
    if (serving.length > 0) return [[target, serving.map(ofAgent).reduce(sum)]];
    return target === 'local' ? [[target, machine]] : [];
  });
  return Object.fromEntries(entries);
}

function ofAgent({ cpus, memoryBytes, gpus }: AgentInfo): Capacity {
  return { cpus, memoryBytes, gpus };
}

function sum(a: Capacity, b: Capacity): Capacity {
  return { cpus: a.cpus + b.cpus, memoryBytes: a.memoryBytes + b.memoryBytes, gpus: a.gpus + b.gpus };
}
