// Looks at the memory of a limited process where no control group limits it, and says when it is over its limit.
// It counts each page once among the processes that share it (a forked shard shares home's), where the system can tell;
// elsewhere the largest single process counts. An address-space limit would be no substitute: libraries reserve far more than they use.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const tellsShares = existsSync('/proc/self/smaps_rollup');

/** Bytes from the text of /proc/<pid>/smaps_rollup: what is its own, and its share of what it shares. */
export function proportionalBytes(text: string): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
}

async function sharedFairly(pid: number): Promise<number> {
  try {
    return proportionalBytes(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return 0;
    throw error;
  }
}

/** Memory in use by these processes together, in bytes. */
async function memoryOf(pids: readonly number[]): Promise<number> {
  if (pids.length === 0) return 0;
  if (tellsShares) {
    const parts = await Promise.all(pids.map(sharedFairly));
    return parts.reduce((sum, part) => sum + part, 0);
  }
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', pids.join(',')]).catch((error: unknown) => {
    // ps exits with 1 when all of them have ended
    if ((error as { code?: unknown }).code === 1) return { stdout: '' };
    throw error;
  });
  return Math.max(0, ...stdout.split('\n').map((line) => Number(line) * 1024));
}

/**
 * Calls `onOver` once, when the processes that `pids` names are over the limit, `onError` when that cannot be told. Answers the function that ends the watch.
 * `pollMs`: time between two looks, in milliseconds.
 */
export function watchMemory(
  pids: () => Promise<readonly number[]>,
  limitBytes: number,
  pollMs: number,
  onOver: () => Promise<void>,
  onError: (error: unknown) => void,
): () => void {
  const watch = new AbortController();
  const loop = async (): Promise<void> => {
    while (!watch.signal.aborted) {
      await sleep(pollMs, undefined, { ref: false });
      if (!watch.signal.aborted && (await memoryOf(await pids())) > limitBytes) {
        watch.abort();
        await onOver();
      }
    }
  };
  loop().catch(onError);
  return () => watch.abort();
}
