// Starts one program with an argument list, in a process group of its own, and says in words why it could not be started.
// What it inherits, how it is limited and how it ends is decided elsewhere.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { CellfarmError } from '@cellfarm/protocol';

/**
 * The running child: leader of a new process group (and session), /dev/null as its input, its stdout and stderr as pipes.
 * Rejects with CellfarmError C3005.
 */
export async function startCommand(
  argv: readonly [string, ...string[]],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<ChildProcess & { readonly pid: number }> {
  const [program, ...args] = argv;
  try {
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    await once(child, 'spawn');
    if (child.pid === undefined) throw new Error('it got no process id');
    return Object.assign(child, { pid: child.pid });
  } catch (error) {
    const detail = await reasonOf(error as NodeJS.ErrnoException, cwd);
    throw new CellfarmError('C3005', { path: program, detail }, { cause: error });
  }
}

async function reasonOf(error: NodeJS.ErrnoException, cwd: string): Promise<string> {
  // the system says "no such file" of the program when it means the folder
  const folder = await stat(cwd).catch(() => null);
  if (!folder?.isDirectory()) return `there is no folder ${cwd}`;
  switch (error.code) {
    case 'ENOENT':
      return 'there is no such program';
    case 'EACCES':
      return 'it may not be executed';
    case 'E2BIG':
      return 'its arguments and environment are too large';
    case 'EAGAIN':
    case 'ENOMEM':
      return 'the system has no room for another process';
    default:
      return error.message;
  }
}
