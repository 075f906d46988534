// Removes what dead services of this home left: their sockets and private Redis at once, their logs after some days. Only folders named
// by a process id that is no more are touched.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** How long the log of a dead service is kept, ms. */
const KEEP_LOG_MS = 7 * 24 * 3_600_000;

/** `isAlive` tells of a process id whether there is such a process. */
export async function sweepServices(
  cellfarmHome: string,
  isAlive: (pid: number) => boolean,
  now: number,
): Promise<void> {
  const services = join(cellfarmHome, 'services');
  for (const name of await readdir(services)) {
    if (!/^\d{1,10}$/.test(name) || isAlive(Number(name))) continue;
    const folder = join(services, name);
    await rm(join(folder, 'redis'), { recursive: true, force: true });
    await rm(join(folder, 's'), { force: true });
    const log = await stat(join(folder, 'service.log')).catch(() => null);
    if (log === null || now - log.mtimeMs > KEEP_LOG_MS) await rm(folder, { recursive: true, force: true });
  }
}
