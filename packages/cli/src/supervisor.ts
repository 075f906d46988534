// Keeps child processes of cellfarm alive: starts them, reads the line they print when they are ready, starts them again
// when they die, ends them. The children end by themselves when this process is gone (their standard input closes).
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const BACK_OFF_MS = [0, 100, 300, 1000, 3000] as const;
/** A child that lived this long is started again at once, ms. */
const HEALTHY_MS = 10_000;

export interface ChildSpec {
  /** Words after the program: `service`, `agent` and their options. */
  readonly part: string;
  readonly program: readonly [string, string];
  arguments(): readonly string[];
  /** What it has in its environment beside ours: secrets, which words of a command do not keep. */
  environment(): NodeJS.ProcessEnv;
  /** Called with the line that the child prints when it is ready, at each start. */
  ready(line: string): void;
  /** Called when it ended and will be started again. */
  lost(how: string): void;
}

export class Child {
  private process: ChildProcess | null = null;
  private ending = false;
  private ended: Promise<void> = Promise.resolve();

  private constructor(private readonly spec: ChildSpec) {}

  /** Starts the child and waits until it is ready. Throws the last words of a child that never was. */
  static async start(spec: ChildSpec): Promise<Child> {
    const child = new Child(spec);
    await new Promise<void>((resolve, reject) => {
      child.ended = child.keepAlive(resolve, reject);
    });
    return child;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  private async keepAlive(firstReady: () => void, neverReady: (error: Error) => void): Promise<void> {
    let failures = 0;
    let everReady = false;
    while (!this.ending) {
      await sleep(BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)] ?? 0);
      if (this.ending) return;
      const startedAt = Date.now();
      const { how, stderr } = await this.runOnce(() => {
        everReady = true;
        firstReady();
      });
      if (this.ending) return;
      if (!everReady) {
        neverReady(new Error(`cellfarm ${this.spec.part} did not start (${how})\n${stderr}`.trim()));
        return;
      }
      failures = Date.now() - startedAt > HEALTHY_MS ? 0 : failures + 1;
      this.spec.lost(how);
    }
  }

  private runOnce(ready: () => void): Promise<{ how: string; stderr: string }> {
    const [node, script] = this.spec.program;
    const child = spawn(node, [script, 'cellfarm', this.spec.part, ...this.spec.arguments()], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...this.spec.environment() },
      detached: true,
    });
    this.process = child;
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4000)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.spec.ready(line);
      ready();
    });
    return new Promise((resolve) => {
      child.on('error', (error) => resolve({ how: error.message, stderr }));
      child.on('exit', (code, signal) => resolve({ how: signal ?? `exit ${code}`, stderr }));
    });
  }

  /** Asks the child to end and waits; after `graceMs` it is killed. */
  async stop(graceMs = 12_000): Promise<void> {
    this.ending = true;
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    child.kill('SIGTERM');
    await this.ended;
    clearTimeout(killer);
  }

  /** Ends the process so that another is started, with the arguments of then. */
  restart(): void {
    this.process?.kill('SIGTERM');
  }

  /** Ends the child at once. */
  kill(): void {
    this.ending = true;
    this.process?.kill('SIGKILL');
  }
}
