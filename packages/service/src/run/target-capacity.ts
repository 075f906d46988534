// What a target has for a run: the sum over the agents that serve it, or, before one has announced itself, this machine for the local
// targets and nothing for the others. Pure but for the look at this machine.
import { availableParallelism, totalmem } from 'node:os';
import type { AgentInfo, TargetName } from '@cellfarm/protocol';
import type { Capacity } from '@cellfarm/scheduler';

const NOTHING: Capacity = { cpus: 0, memoryBytes: 0, gpus: 0 };

export function thisMachine(): Capacity {
  return { cpus: availableParallelism(), memoryBytes: totalmem(), gpus: 0 };
}

export function capacityOf(target: TargetName, agents: readonly AgentInfo[], machine: Capacity): Capacity {
  const serving = agents.filter((agent) => agent.targets.includes(target));
  if (serving.length === 0) return target === 'local' ? machine : NOTHING;
  return serving.reduce(
    (sum, agent) => ({
      cpus: sum.cpus + agent.cpus,
      memoryBytes: sum.memoryBytes + agent.memoryBytes,
      gpus: sum.gpus + agent.gpus,
    }),
    NOTHING,
  );
}
