// Whether anyone still needs a `cellfarm up` that others started: each of them (a Jupyter server) has a file in one folder, named
// by its process id. One that has ended counts only if it said that runs should go on without it, and only until no run is left.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processBirth } from '@cellfarm/service';

const POLL_MS = 500;
const FILE = /^(\d{1,10})\.json$/;

export interface Client {
  readonly alive: boolean;
  /** Whether its runs should be finished when it is gone. */
  readonly keepRuns: boolean;
}

/** `runs`: only until no run is left. */
export function neededBy(clients: readonly Client[]): 'clients' | 'runs' | 'nobody' {
  if (clients.some(({ alive }) => alive)) return 'clients';
  return clients.some(({ keepRuns }) => keepRuns) ? 'runs' : 'nobody';
}

/** Resolves when nobody needs this process any more, or `signal` aborts. `activeRuns` is asked only when a client left runs. */
export async function untilUnneeded(
  folder: string,
  activeRuns: () => Promise<number>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const clients = readClients(folder);
    const left = clients.some(({ alive, keepRuns }) => !alive && keepRuns);
    // Its runs are over once none is active: those that others start later are not for its sake.
    if (!left || (await activeRuns()) === 0) {
      forgetTheDead(folder);
      if (neededBy(clients) !== 'clients') return;
    }
    await pause(signal);
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(POLL_MS, undefined, { signal }).catch((cause: unknown) => {
    if (!signal.aborted) throw cause;
  });
}

function readClients(folder: string): Client[] {
  return pids(folder).map((pid) => {
    const { birth, keepRuns } = said(join(folder, `${pid}.json`));
    return { alive: birth !== null && processBirth(pid) === birth, keepRuns };
  });
}

function forgetTheDead(folder: string): void {
  for (const pid of pids(folder)) {
    const file = join(folder, `${pid}.json`);
    const { birth } = said(file);
    if (birth === null || processBirth(pid) !== birth) rmSync(file, { force: true });
  }
}

interface Said {
  readonly birth: string | null;
  readonly keepRuns: boolean;
}

const NOTHING: Said = { birth: null, keepRuns: false };

/**
 * What a client wrote (`cellfarm.jupyter.clients`): when it was born, so that no later process of its number is taken for it. A file
 * that holds nothing, as a loss of power leaves them, is of one that has ended.
 */
function said(file: string): Said {
  const text = unlessMissing(() => readFileSync(file, 'utf8'), '');
  try {
    const { birth, keepRuns } = JSON.parse(text) as { birth?: unknown; keepRuns?: unknown };
    return { birth: typeof birth === 'string' ? birth : null, keepRuns: keepRuns === true };
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError) return NOTHING;
    throw cause;
  }
}

function pids(folder: string): number[] {
  return unlessMissing(() => readdirSync(folder), []).flatMap((name) => {
    const pid = FILE.exec(name)?.[1];
    return pid === undefined ? [] : [Number(pid)];
  });
}

function unlessMissing<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw cause;
  }
}
