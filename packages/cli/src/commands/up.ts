// `cellfarm up`: keeps a service and a local agent running until Ctrl-C, and lets `cellfarm run` find them.
import { rmSync, writeFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { EXIT } from '@cellfarm/protocol';
import type { Health, ServiceAddress } from '@cellfarm/protocol';
import { withoutPassword } from '@cellfarm/service';
import { untilUnneeded } from '../clients.js';
import { Farm } from '../farm.js';
import { watchInterrupts } from '../run/interrupts.js';
import { runningService } from '../run/service-for-run.js';
import { takeRedisAddress } from '../redis-address.js';
import { ServiceClient, Unreachable } from '../service-client.js';
import type { Settings } from '../settings.js';

/** How long the service may take to say how it is, ms. */
const HEALTH_MS = 5_000;

/** What it is, where, and how it ends. */
function upText({ socket, redis }: ServiceAddress): string {
  return [
    `cellfarm is up: ${socket}`,
    '  a service and a local agent; every cellfarm run of this user finds them by itself',
    `  queue: ${redis === null ? 'inside the service, for this machine only' : withoutPassword(redis)}`,
    `  Ctrl-C here ends it, or from elsewhere: kill ${process.pid}`,
    '',
  ].join('\n');
}

export interface UpFlags {
  readonly redis?: string;
  /** Folder of the files of those who need it; it ends when nobody does. */
  readonly clients?: string;
}

export async function upCommand(flags: UpFlags, settings: Settings): Promise<number> {
  const running = await runningService(settings.home);
  if (running) {
    process.stdout.write(
      `cellfarm is up already: ${running.address.socket}\n  Ctrl-C where it was started ends it\n`,
    );
    return EXIT.done;
  }
  const interrupts = watchInterrupts();
  const redis = takeRedisAddress(flags.redis);
  const addressFile = join(settings.home, 'service.json');
  const farm = await Farm.start(settings, {
    redis,
    resumeInterrupted: true,
    onAddress: (address) => {
      writeFileSync(`${addressFile}.new`, JSON.stringify(address), { mode: 0o600 });
      renameSync(`${addressFile}.new`, addressFile);
    },
    onLost: (part, how) => process.stderr.write(`lost: ${part} (${how}), starting it again\n`),
  });
  try {
    process.stdout.write(upText(farm.address));
    const told = interrupts.cancel.aborted ? Promise.resolve() : once(interrupts.cancel, 'abort');
    await (flags.clients === undefined
      ? told
      : untilUnneeded(flags.clients, () => activeRuns(farm, interrupts.cancel), interrupts.cancel));
  } finally {
    rmSync(addressFile, { force: true });
    await farm.stop();
    interrupts.dispose();
  }
  return EXIT.done;
}

/** How many runs the service works on; one that is just started anew may have some. */
async function activeRuns(farm: Farm, signal: AbortSignal): Promise<number> {
  try {
    const patience = { answerMs: HEALTH_MS, signal };
    return (await new ServiceClient(farm.address).get<Health>('/v1/health', patience)).runs;
  } catch (cause) {
    if (cause instanceof Unreachable) return 1;
    throw cause;
  }
}
