// `cellfarm service`: one service process, until SIGTERM or, when owned, until its owner is gone. Prints its address as one line of JSON.
import { availableParallelism } from 'node:os';
import { localBackend } from '@cellfarm/backends';
import { startAgent } from '@cellfarm/agent';
import type { Agent } from '@cellfarm/agent';
import { TargetName } from '@cellfarm/protocol';
import { signingKey, startService } from '@cellfarm/service';
import type { Service } from '@cellfarm/service';
import { untilTold } from '../owned.js';
import { takeRedisAddress } from '../redis-address.js';
import type { Settings } from '../settings.js';
import { VERSION } from '../version.js';

export interface ServiceFlags {
  readonly owned?: boolean;
  readonly redis?: string;
  readonly resumeInterrupted?: boolean;
}

export async function serviceCommand(flags: ServiceFlags, settings: Settings): Promise<number> {
  const told = untilTold(flags.owned === true);
  const redis = takeRedisAddress(flags.redis);
  const service = await startService({
    cellfarmHome: settings.home,
    queue: redis === undefined ? { type: 'auto' } : { type: 'redis', address: redis },
    resumeInterrupted: flags.resumeInterrupted === true,
    packageFolder: settings.pythonPackage,
    python: settings.python,
    version: VERSION,
  });
  const agent = service.queue.kind === 'memory' ? await agentInside(service, settings) : null;
  if (service.note !== null) process.stderr.write(`note: ${service.note}\n`);
  process.stdout.write(`${JSON.stringify(service.address)}\n`);
  await told;
  await agent?.stop({ drain: false });
  await service.stop();
  return 0;
}

/** The in-process queue reaches no other process, so its agent lives here. */
async function agentInside(service: Service, settings: Settings): Promise<Agent> {
  const local = TargetName.parse('local');
  return startAgent({
    queue: service.queue,
    backends: { local: localBackend() },
    targets: [local],
    keys: [await signingKey(settings.home)],
    cellfarmHome: settings.home,
    pythonPackage: settings.pythonPackage,
    version: VERSION,
    leases: Math.max(64, 4 * availableParallelism()),
  });
}
