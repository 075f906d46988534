// Finds the running service (`cellfarm up`), or starts a farm for this one run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceAddress } from '@cellfarm/protocol';
import type { Health } from '@cellfarm/protocol';
import { Farm } from '../farm.js';
import { ServiceClient, Unreachable } from '../service-client.js';
import type { Settings } from '../settings.js';

/** One that takes longer to say how it is has hung, ms. */
const HEALTH_MS = 5_000;

export interface ServiceForRun {
  /** A client of the service as it is now; its address may change when a farm's service was started again. */
  client(): ServiceClient;
  stop(): Promise<void>;
  kill(): void;
}

/** A client of the service that `<CELLFARM_HOME>/service.json` names; null where there is none. */
function namedService(home: string): ServiceClient | null {
  let text: string;
  try {
    text = readFileSync(join(home, 'service.json'), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw cause;
  }
  const parsed = ServiceAddress.safeParse(JSON.parse(text));
  return parsed.success ? new ServiceClient(parsed.data) : null;
}

/** The service of `cellfarm up` when it answers; else null. */
export async function runningService(home: string): Promise<ServiceClient | null> {
  const client = namedService(home);
  if (!client) return null;
  try {
    await client.get<Health>('/v1/health', { answerMs: HEALTH_MS });
    return client;
  } catch (cause) {
    if (cause instanceof Unreachable) return null;
    throw cause;
  }
}

export interface ServiceChoice {
  /** A Redis of the user's own: always a service of its own. */
  readonly redis: string | undefined;
  onLost(part: string, how: string): void;
}

export async function serviceForRun(settings: Settings, choice: ServiceChoice): Promise<ServiceForRun> {
  const running = choice.redis === undefined ? await runningService(settings.home) : null;
  if (running) {
    // Stopping is for those who started it. The address is read again each time: a service that was started anew has another.
    return {
      client: () => namedService(settings.home) ?? running,
      stop: async () => undefined,
      kill: () => undefined,
    };
  }
  const farm = await Farm.start(settings, {
    redis: choice.redis,
    resumeInterrupted: false,
    onLost: (part, how) => choice.onLost(part, how),
  });
  return { client: () => new ServiceClient(farm.address), stop: () => farm.stop(), kill: () => farm.kill() };
}
