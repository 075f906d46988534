// `cellfarm up`: keeps a service and a local agent running until Ctrl-C, and lets `cellfarm run` find them.
import { rmSync, writeFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { EXIT } from '@cellfarm/protocol';
import { Farm } from '../farm.js';
import { watchInterrupts } from '../run/interrupts.js';
import { runningService } from '../run/service-for-run.js';
import type { Settings } from '../settings.js';

export async function upCommand(flags: { readonly redis?: string }, settings: Settings): Promise<number> {
  if (await runningService(settings.home)) {
    process.stdout.write('cellfarm is up already\n');
    return EXIT.done;
  }
  const interrupts = watchInterrupts();
  const addressFile = join(settings.home, 'service.json');
  const farm = await Farm.start(settings, {
    redis: flags.redis,
    resumeInterrupted: true,
    onAddress: (address) => {
      writeFileSync(`${addressFile}.new`, JSON.stringify(address), { mode: 0o600 });
      renameSync(`${addressFile}.new`, addressFile);
    },
    onLost: (part, how) => process.stderr.write(`lost: ${part} (${how}), starting it again\n`),
  });
  try {
    process.stdout.write(`cellfarm is up: ${farm.address.socket}\n`);
    if (!interrupts.cancel.aborted) await once(interrupts.cancel, 'abort');
  } finally {
    rmSync(addressFile, { force: true });
    await farm.stop();
    interrupts.dispose();
  }
  return EXIT.done;
}
