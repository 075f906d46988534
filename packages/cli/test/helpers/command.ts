// Runs the command `cellfarm` as a user would, in a home of its own, and keeps what it printed.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '..', '..', '..', '..');
const program = join(repository, 'dist', 'cellfarm.mjs');
export const venv = join(repository, '.venv');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when `pattern` was printed on either stream. */
  printed(pattern: RegExp): Promise<void>;
}

/** A temporary folder with a CELLFARM_HOME in it. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'cellfarm-test-'));
  readonly home = join(this.folder, 'home');

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        CELLFARM_HOME: this.home,
        CELLFARM_PREFIX: venv,
        PATH: `${join(venv, 'bin')}:${process.env['PATH'] ?? ''}`,
        ...env,
      },
    });
    let stdout = '';
    let stderr = '';
    const waiting: { pattern: RegExp; done: () => void }[] = [];
    const look = (): void => {
      for (const each of waiting) if (each.pattern.test(stdout) || each.pattern.test(stderr)) each.done();
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      look();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      look();
    });
    const finished = new Promise<Finished>((done, failed) => {
      child.on('error', failed);
      child.on('close', (code) => done({ code, stdout, stderr }));
    });
    return {
      process: child,
      finished,
      printed: (pattern) =>
        new Promise((done, failed) => {
          waiting.push({ pattern, done });
          void finished.then(
            (end) => failed(new Error(`ended without ${pattern}: ${JSON.stringify(end)}`)),
            failed,
          );
          look();
        }),
    };
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return this.start(args, env).finished;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
