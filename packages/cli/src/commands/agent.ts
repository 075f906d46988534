// `cellfarm agent`: takes leases of its targets through Redis and runs their processes here, until SIGTERM or its owner is gone.
import { localBackend } from '@cellfarm/backends';
import { createAgentLog, startAgent } from '@cellfarm/agent';
import { CellfarmError, TargetName } from '@cellfarm/protocol';
import { openBullmqQueue } from '@cellfarm/queue';
import { signingKey } from '@cellfarm/service';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { untilTold } from '../owned.js';
import { takeRedisAddress } from '../redis-address.js';
import type { Settings } from '../settings.js';
import { VERSION } from '../version.js';

export interface AgentFlags {
  readonly owned?: boolean;
  readonly redis?: string;
  readonly target: readonly string[];
}

function targetsOf(names: readonly string[]): [TargetName, ...TargetName[]] {
  const targets = names.map((name) => {
    const target = TargetName.safeParse(name);
    if (!target.success)
      throw new CellfarmError('C6001', { detail: `--target takes the name of a target, not "${name}"` });
    return target.data;
  });
  const [first = TargetName.parse('local'), ...rest] = targets;
  return [first, ...rest];
}

export async function agentCommand(flags: AgentFlags, settings: Settings): Promise<number> {
  const redis = takeRedisAddress(flags.redis);
  if (!redis)
    throw new CellfarmError('C6001', { detail: 'an agent needs --redis URL (or CELLFARM_REDIS_URL)' });
  const targets = targetsOf(flags.target);
  const told = untilTold(flags.owned === true);
  const logs = join(settings.home, 'agents');
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const log = createAgentLog(join(logs, `agent-${process.pid}.log`));
  const queue = await openBullmqQueue({
    redis,
    onError: (error) => log.warn({ reason: error.message }, 'the queue has trouble'),
  });
  const backend = localBackend();
  const agent = await startAgent({
    queue,
    backends: Object.fromEntries(targets.map((target) => [target, backend])),
    targets,
    keys: [await signingKey(settings.home)],
    cellfarmHome: settings.home,
    pythonPackage: settings.pythonPackage,
    version: VERSION,
    log,
  });
  process.stdout.write(`${JSON.stringify({ agent: agent.id, targets })}\n`);
  await told;
  await agent.stop({ drain: false });
  await queue.close();
  return 0;
}
