// GPUs by nvidia-smi: asked once what is there, and run as one child that prints every second while somebody wants samples. The
// driver's library is never opened in this process. A child that ends, or says nothing for long, is started anew after a while.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Device, GpuSample } from '@cellfarm/protocol';
import type { GpuList, GpuReading, GpuSource } from './gpu-source.js';
import { LIST_FIELDS, SAMPLE_FIELDS, parseDevice, parseSample } from './nvidia-rows.js';

const run = promisify(execFile);
const FORMAT = '--format=csv,noheader,nounits';
/** nvidia-smi can hang with its driver; an agent starts without it then. */
const LIST_PATIENCE_MS = 1_500;
/** What was read longer ago than this is not told as if it were now. */
const STALE_MS = 5_000;
const AGAIN_MS = 10_000;
/** It prints every second; after so long without a line it has hung. */
const SILENT_MS = 15_000;

export class NvidiaSmi implements GpuSource {
  private child: ChildProcess | null = null;
  private again: NodeJS.Timeout | null = null;
  private readonly read = new Map<string, { readonly sample: GpuSample; readonly at: number }>();
  private problem = 'nvidia-smi has not answered yet';

  constructor(
    private readonly program: string,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly waits = { silentMs: SILENT_MS, againMs: AGAIN_MS },
  ) {}

  async list(): Promise<GpuList> {
    try {
      const { stdout } = await run(this.program, [`--query-gpu=${LIST_FIELDS.join(',')}`, FORMAT], {
        env: this.environment,
        timeout: LIST_PATIENCE_MS,
        killSignal: 'SIGKILL',
      });
      const host = hostname();
      const devices = stdout.split('\n').flatMap((line): Device[] => {
        const device = parseDevice(line, host);
        return device === null ? [] : [device];
      });
      return { devices, reason: devices.length === 0 ? 'nvidia-smi lists no GPU' : '' };
    } catch (error) {
      return { devices: [], reason: reasonOf(error as NodeJS.ErrnoException & { killed?: boolean }) };
    }
  }

  start(): void {
    if (this.child !== null) return;
    const query = [`--query-gpu=${SAMPLE_FIELDS.join(',')}`, FORMAT, '-l', '1'];
    const child = spawn(this.program, query, { env: this.environment, stdio: ['ignore', 'pipe', 'ignore'] });
    this.child = child;
    let last = '';
    const { silentMs } = this.waits;
    const silent = setTimeout(() => {
      child.kill('SIGKILL');
      this.lost(child, `nvidia-smi said nothing for ${silentMs / 1000} s`);
    }, silentMs).unref();
    createInterface({ input: child.stdout }).on('line', (line) => {
      silent.refresh();
      const sample = parseSample(line);
      if (sample === null) last = line.trim().slice(0, 300);
      else this.read.set(sample.uuid, { sample, at: performance.now() });
    });
    child.once('error', (error: NodeJS.ErrnoException) => this.lost(child, reasonOf(error)));
    child.once('close', () => {
      clearTimeout(silent);
      this.lost(child, `nvidia-smi ended${last === '' ? '' : `: ${last}`}`);
    });
  }

  latest(): GpuReading {
    const oldest = performance.now() - STALE_MS;
    const gpus = [...this.read.values()].flatMap(({ sample, at }) => (at < oldest ? [] : [sample]));
    return { gpus, problem: gpus.length > 0 ? '' : this.problem };
  }

  stop(): void {
    if (this.again !== null) clearTimeout(this.again);
    this.again = null;
    const child = this.child;
    this.child = null;
    child?.kill('SIGKILL');
    this.read.clear();
  }

  /** One that was stopped is nobody's loss. */
  private lost(child: ChildProcess, reason: string): void {
    if (this.child !== child) return;
    this.child = null;
    this.problem = reason;
    this.again = setTimeout(() => this.start(), this.waits.againMs).unref();
  }
}

function reasonOf(error: Error & { code?: unknown; killed?: boolean; stdout?: string }): string {
  if (error.code === 'ENOENT') return 'nvidia-smi not found';
  if (error.killed) return `nvidia-smi did not answer within ${LIST_PATIENCE_MS} ms`;
  const said = (error.stdout ?? '').trim().split('\n')[0] ?? '';
  return `nvidia-smi failed: ${(said === '' ? error.message.split('\n')[0] : said)?.slice(0, 300)}`;
}
