// Finds the GPUs that this agent may hand out and keeps account of which are taken. A process is given GPUs by their UUIDs, so
// that it sees the same ones however the driver numbers them. Whether a task should have one is the scheduler's decision.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** nvidia-smi can hang with its driver; the probe must answer within 2 s. */
const PATIENCE_MS = 1_500;

export interface GpuList {
  readonly uuids: readonly string[];
  /** Why there is none; empty when there is one. */
  readonly reason: string;
}

/** Output of `nvidia-smi --query-gpu=index,uuid --format=csv,noheader`, less what CUDA_VISIBLE_DEVICES hides. */
export function visibleGpus(listing: string, visibleDevices: string | undefined): GpuList {
  const all = listing
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .flatMap(([index, uuid]) => (index && uuid ? [{ index, uuid }] : []));
  if (all.length === 0) return { uuids: [], reason: 'nvidia-smi lists no GPU' };
  if (visibleDevices === undefined) return { uuids: all.map((gpu) => gpu.uuid), reason: '' };
  const uuids: string[] = [];
  for (const wanted of visibleDevices.split(',').map((name) => name.trim())) {
    const gpu = all.find(({ index, uuid }) => wanted !== '' && (index === wanted || uuid.startsWith(wanted)));
    // as CUDA does it: the first unknown name hides itself and all behind it
    if (!gpu) break;
    uuids.push(gpu.uuid);
  }
  const reason = uuids.length === 0 ? `CUDA_VISIBLE_DEVICES hides all ${all.length} GPUs` : '';
  return { uuids, reason };
}

/** Asks nvidia-smi. Never rejects: what goes wrong is the reason why there is no GPU. */
export async function findGpus(program: string, environment: NodeJS.ProcessEnv): Promise<GpuList> {
  try {
    const query = ['--query-gpu=index,uuid', '--format=csv,noheader'];
    const { stdout } = await run(program, query, {
      env: environment,
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    });
    return visibleGpus(stdout, environment['CUDA_VISIBLE_DEVICES']);
  } catch (error) {
    return { uuids: [], reason: reasonOf(error as NodeJS.ErrnoException & { killed?: boolean }) };
  }
}

function reasonOf(error: Error & { code?: unknown; killed?: boolean; stdout?: string }): string {
  if (error.code === 'ENOENT') return 'nvidia-smi not found';
  if (error.killed) return `nvidia-smi did not answer within ${PATIENCE_MS} ms`;
  const said = (error.stdout ?? '').trim().split('\n')[0] ?? '';
  return `nvidia-smi failed: ${said === '' ? error.message.split('\n')[0] : said}`;
}

/** Which of the GPUs are free. */
export class GpuPool {
  private readonly taken = new Set<string>();

  /** `count` GPUs out of `uuids` that nobody holds; null when so many are not free. */
  take(uuids: readonly string[], count: number): string[] | null {
    const free = uuids.filter((uuid) => !this.taken.has(uuid)).slice(0, count);
    if (free.length < count) return null;
    for (const uuid of free) this.taken.add(uuid);
    return free;
  }

  give(uuids: readonly string[]): void {
    for (const uuid of uuids) this.taken.delete(uuid);
  }
}
