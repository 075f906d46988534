// Samples this machine once a second while somebody wants that, and remembers ten minutes. Nobody: nothing runs, no timer, no child.
// Who wants it, and where samples go, is sample-sender.ts.
import type { MachineSample } from '@cellfarm/protocol';
import type { Log } from '../log.js';
import type { GpuSource } from './gpu-source.js';
import { type ProcessTime, readProcesses, reservedGpus } from './process-table.js';
import { processUse } from './process-use.js';
import { steadyNow } from './steady-clock.js';
import { type CoreTime, readCoreTimes, readMemory, shares } from './processor-use.js';

const EVERY_MS = 1_000;
const REMEMBERED = 600;

/** One look at the clocks of this machine; two make a sample. */
interface Look {
  readonly at: number;
  readonly cores: CoreTime[];
  readonly processes: ProcessTime[];
}

export class Sampler {
  private readonly ring: MachineSample[] = [];
  private readonly wanting = new Set<object>();
  private readonly waiting = new Set<() => void>();
  private going: AbortController | null = null;

  /** `roots`: processes that the agent has now. */
  constructor(
    private readonly gpus: GpuSource,
    private readonly roots: () => ReadonlySet<number>,
    private readonly log: Log,
  ) {}

  /** Samples from now on, for `who`, until it is released. */
  want(who: object): void {
    this.wanting.add(who);
    if (this.going !== null) return;
    this.going = new AbortController();
    this.gpus.start();
    void this.sampleUntil(this.going.signal);
  }

  release(who: object): void {
    this.wanting.delete(who);
    if (this.wanting.size > 0 || this.going === null) return;
    this.going.abort();
    this.going = null;
    this.gpus.stop();
  }

  /** Remembered samples later than `time`, the oldest first, at most `most`. */
  after(time: number, most: number): MachineSample[] {
    return this.ring.filter((sample) => sample.time > time).slice(0, most);
  }

  /** Settles at the next sample, or when `signal` aborts. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      if (signal.aborted) done();
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  private async sampleUntil(signal: AbortSignal): Promise<void> {
    const gpusOf = remembering(reservedGpus);
    let before = await this.look();
    while (!signal.aborted) {
      await pause(EVERY_MS, signal);
      const after = signal.aborted ? null : await this.look();
      if (before !== null && after !== null) this.remember(this.sampleOf(before, after, gpusOf));
      before = after;
    }
  }

  /** Null when it failed, which the next one need not do. */
  private async look(): Promise<Look | null> {
    try {
      const processes = await readProcesses(this.roots());
      return { at: performance.now(), cores: readCoreTimes(), processes };
    } catch (error) {
      this.log.warn({ reason: String(error) }, 'this machine could not be sampled');
      return null;
    }
  }

  private sampleOf(before: Look, after: Look, gpusOf: (pid: number) => string[]): MachineSample {
    const { gpus, problem } = this.gpus.latest();
    return {
      time: steadyNow(),
      cpu: shares(before.cores, after.cores),
      memory: readMemory(),
      gpus: [...gpus],
      gpuProblem: problem,
      processes: processUse(before.processes, after.processes, (after.at - before.at) / 1000, gpusOf),
    };
  }

  private remember(sample: MachineSample): void {
    this.ring.push(sample);
    if (this.ring.length > REMEMBERED) this.ring.shift();
    for (const told of [...this.waiting]) told();
  }
}

/** A process keeps the environment that it was started with; asked once for each. */
function remembering(ask: (pid: number) => string[]): (pid: number) => string[] {
  const known = new Map<number, string[]>();
  return (pid) => {
    const found = known.get(pid) ?? ask(pid);
    if (known.size > 10_000) known.clear();
    known.set(pid, found);
    return found;
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    timer.unref();
    signal.addEventListener('abort', done);
  });
}
