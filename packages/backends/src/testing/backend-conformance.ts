// The suite that every backend passes. A backend's own tests give it a factory and add what is special to it.
// The programs are Python, which every place that can run cellfarm's processes has.
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend, LaunchSpec, Launched } from '../backend.js';

export interface BackendUnderTest {
  readonly backend: Backend;
  /** Interpreter where the backend's processes run. */
  readonly python: readonly [string, ...string[]];
  /** A folder that exists there. */
  readonly cwd: string;
  /** Whether a process of this number runs there. */
  isRunning(pid: number): Promise<boolean>;
}

/** Writes its numbers to a file and sleeps on, deaf to requests to end, as a leader with a child that is as deaf. */
const DEAF_FAMILY = `
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    open(sys.argv[1], 'w').write(f'{os.getpid()} {child}\\n')
time.sleep(600)
`;

export function describeBackend(name: string, open: () => Promise<BackendUnderTest>): void {
  describe(`backend ${name}`, () => {
    let under: BackendUnderTest;
    const started: Launched[] = [];

    beforeEach(async () => {
      under = await open();
    });
    afterEach(async () => {
      await Promise.all(started.splice(0).map((launched) => under.backend.stop(launched, { graceMs: 0 })));
    });

    function spec(code: string, changes: Partial<LaunchSpec> = {}, args: readonly string[] = []): LaunchSpec {
      return {
        name: `l-${randomBytes(8).toString('hex')}`,
        argv: [...under.python, '-c', code, ...args],
        cwd: under.cwd,
        env: {},
        memoryBytes: null,
        gpus: 0,
        ...changes,
      };
    }

    async function launch(wanted: LaunchSpec): Promise<Launched> {
      const launched = await under.backend.launch(wanted);
      started.push(launched);
      return launched;
    }

    async function finish(wanted: LaunchSpec): Promise<{ exitCode: number | null; words: string }> {
      const launched = await launch(wanted);
      const { exitCode } = await under.backend.watch(launched);
      return { exitCode, words: await under.backend.collect(launched) };
    }

    it('says what is there, with the reason for what is not', async () => {
      const report = await under.backend.probe();
      expect(report.available).toBe(true);
      expect(report.reason).toBe('');
      expect(report.cpus).toBeGreaterThan(0);
      expect(report.memoryBytes).toBeGreaterThan(0);
      expect(report.gpus > 0).toBe(report.gpuReason === '');
    });

    it('hands over arguments and environment as they are', async () => {
      const nasty = '$(touch /tmp/x); `id` "quoted" \'single\' *';
      const code =
        'import os, sys; print(sys.argv[1]); print(os.environ["CELLFARM_DOOR"]); print(os.getcwd())';
      const { exitCode, words } = await finish(spec(code, { env: { CELLFARM_DOOR: nasty } }, [nasty]));
      expect(words).toBe(`${nasty}\n${nasty}\n${under.cwd}\n`);
      expect(exitCode).toBe(0);
    });

    it('gives a process nothing to read', async () => {
      const { words } = await finish(spec('import sys; print(repr(sys.stdin.read()))'));
      expect(words).toBe("''\n");
    });

    it('tells the exit code', async () => {
      const launched = await launch(spec('import sys; sys.exit(3)'));
      expect(await under.backend.watch(launched)).toEqual({ exitCode: 3, signal: null, oomKilled: false });
      expect(await under.backend.watch(launched)).toEqual({ exitCode: 3, signal: null, oomKilled: false });
    });

    it('tells the signal that ended it', async () => {
      const launched = await launch(spec('import os; os.kill(os.getpid(), 11)'));
      expect(await under.backend.watch(launched)).toEqual({
        exitCode: null,
        signal: 'SIGSEGV',
        oomKilled: false,
      });
    });

    it('keeps the last 16 KiB of what a process wrote to its original stdout and stderr', async () => {
      const code =
        'import sys; sys.stdout.write("x" * 5_000_000); sys.stdout.flush(); sys.stderr.write("the end")';
      const { words } = await finish(spec(code));
      expect(words).toHaveLength(16 * 1024);
      expect(words.endsWith('xxxthe end')).toBe(true);
    });

    it('refuses a program that does not exist by its path', async () => {
      const missing = spec('', { argv: ['/no/such/python', '-c', ''] });
      await expect(under.backend.launch(missing)).rejects.toMatchObject({
        code: 'C3005',
        message: '/no/such/python cannot be started: there is no such program',
      });
    });

    it('refuses a working directory that does not exist by its path', async () => {
      await expect(under.backend.launch(spec('', { cwd: '/no/such/folder' }))).rejects.toMatchObject({
        code: 'C3005',
        message: expect.stringContaining('there is no folder /no/such/folder') as string,
      });
    });

    it('ends a process that asks for nothing better', async () => {
      const launched = await launch(spec('import time; time.sleep(600)'));
      await under.backend.stop(launched, { graceMs: 10_000 });
      expect(await under.backend.watch(launched)).toEqual({
        exitCode: null,
        signal: 'SIGTERM',
        oomKilled: false,
      });
    });

    it('lets a process put its things in order before it ends', async () => {
      const code = `
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print('in order', flush=True), sys.exit(7)))
open(sys.argv[1], 'w').write(f'{os.getpid()}\\n')
time.sleep(600)`;
      const file = newFile();
      const launched = await launch(spec(code, {}, [file]));
      await announced(file);
      await under.backend.stop(launched, { graceMs: 10_000 });
      expect((await under.backend.watch(launched)).exitCode).toBe(7);
      expect(await under.backend.collect(launched)).toBe('in order\n');
    });

    it('ends by force, with all its children, what does not listen', async () => {
      const { launched, pids } = await deafFamily();
      await under.backend.stop(launched, { graceMs: 200 });
      expect((await under.backend.watch(launched)).signal).toBe('SIGKILL');
      expect(await Promise.all(pids.map((pid) => under.isRunning(pid)))).toEqual([false, false]);
    });

    it('ends what a process left behind when it ended by itself', async () => {
      const code = `
import os, time
child = os.fork()
if child: print(child, flush=True)
else: time.sleep(600)`;
      const launched = await launch(spec(code));
      await under.backend.watch(launched);
      const child = Number(await under.backend.collect(launched));
      expect(await under.isRunning(child)).toBe(true);
      await under.backend.stop(launched, { graceMs: 10_000 });
      expect(await under.isRunning(child)).toBe(false);
    });

    it('may be asked twice to stop, and after the end', async () => {
      const launched = await launch(spec('import time; time.sleep(600)'));
      await Promise.all([
        under.backend.stop(launched, { graceMs: 10_000 }),
        under.backend.stop(launched, { graceMs: 10_000 }),
      ]);
      await under.backend.stop(launched, { graceMs: 10_000 });
      expect((await under.backend.watch(launched)).signal).toBe('SIGTERM');
    });

    it('ends a process that takes more memory than its limit, and says so', async () => {
      const code = 'import time\nheld = bytearray(400_000_000)\ntime.sleep(600)';
      const launched = await launch(spec(code, { memoryBytes: 100_000_000 }));
      expect(await under.backend.watch(launched)).toEqual({
        exitCode: null,
        signal: 'SIGKILL',
        oomKilled: true,
      });
    });

    it('lets a process be that stays below its limit', async () => {
      const code = 'held = bytearray(40_000_000); print(len(held))';
      const { words } = await finish(spec(code, { memoryBytes: 400_000_000 }));
      expect(words).toBe('40000000\n');
    });

    it('sweeps what a dead agent left behind', async () => {
      const { launched, pids } = await deafFamily();
      const remains: unknown = JSON.parse(JSON.stringify(launched.remains));
      expect(await under.backend.sweep(remains as Launched['remains'], Date.now())).toBe(2);
      expect(await Promise.all(pids.map((pid) => under.isRunning(pid)))).toEqual([false, false]);
    });

    it('sweeps nothing where nothing is left', async () => {
      const launched = await launch(spec('pass'));
      await under.backend.watch(launched);
      await under.backend.stop(launched, { graceMs: 0 });
      expect(await under.backend.sweep(launched.remains, Date.now())).toBe(0);
    });

    function newFile(): string {
      return `${under.cwd}/pids-${randomBytes(4).toString('hex')}`;
    }

    async function deafFamily(): Promise<{ launched: Launched; pids: number[] }> {
      const file = newFile();
      const launched = await launch(spec(DEAF_FAMILY, {}, [file]));
      const pids = await announced(file);
      return { launched, pids };
    }

    /** The numbers that a program wrote to a file, read through the backend's own eyes. */
    async function announced(file: string): Promise<number[]> {
      const code = `
import sys, time
while True:
    try:
        text = open(sys.argv[1]).read()
        if text.endswith('\\n'): break
    except FileNotFoundError: pass
    time.sleep(0.02)
print(text)`;
      const { words } = await finish(spec(code, {}, [file]));
      return words.trim().split(' ').map(Number);
    }
  });
}
