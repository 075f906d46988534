// Starts a program that ends when its starter ends, however that ends: by the kernel's parent-death signal where
// `setpriv` can ask for it, else by a small watcher that sees its standard input close. Restarts are the caller's.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

/** Of util-linux, where it can set the parent-death signal. */
const SETPRIV = 'setpriv';

export type Tie = 'kernel' | 'watcher';

/** Reads nothing; when its standard input closes, its starter is gone, and it ends the process it was told. */
const WATCH =
  "process.stdin.resume().on('close', () => { try { process.kill(Number(process.argv[1]), 'SIGTERM') } catch {} })";

let known: Tie | null = null;

/** The best way this machine has. */
export function bestTie(): Tie {
  known ??= kernelCanTie() ? 'kernel' : 'watcher';
  return known;
}

/** busybox has a `setpriv` without this option, so it is tried and not only looked for. */
function kernelCanTie(): boolean {
  if (process.platform !== 'linux') return false;
  return spawnSync(SETPRIV, ['--pdeathsig', 'TERM', 'true'], { stdio: 'ignore' }).status === 0;
}

/**
 * Spawns `program` in a session of its own, so that Ctrl-C in a terminal does not reach it, with no inherited secrets.
 * The child's pid is the program's own. Errors of the spawn arrive as the child's `error` event.
 */
export function spawnTied(program: string, args: readonly string[], tie: Tie = bestTie()): ChildProcess {
  const options = { stdio: 'ignore', detached: true, env: { PATH: process.env['PATH'] ?? '' } } as const;
  switch (tie) {
    case 'kernel':
      return spawn(SETPRIV, ['--pdeathsig', 'TERM', program, ...args], options);
    case 'watcher': {
      const child = spawn(program, args, options);
      if (child.pid !== undefined) watch(child, child.pid);
      return child;
    }
  }
}

function watch(child: ChildProcess, pid: number): void {
  const watcher = spawn(process.execPath, ['-e', WATCH, String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  child.on('exit', () => watcher.kill('SIGKILL'));
}
