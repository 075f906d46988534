// The reference of `cellfarm verify`: Restart & Run All in a plain kernel, by cellfarm's own Python.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeTravellingPath } from '@cellfarm/agent';
import { childEnvironment } from '@cellfarm/backends';
import { CellfarmError } from '@cellfarm/protocol';
import type { Settings } from '../settings.js';
import type { PlayedNotebook } from './compare.js';

export interface SequentialRequest {
  /** Absolute path of the notebook. */
  readonly path: string;
  /** Interpreter to use instead of the kernelspec's; null: the kernelspec's. */
  readonly python: string | null;
  /** Folder for the executed notebook and the digests. */
  readonly scratch: string;
  /** Aborted to end the kernel and stop. */
  readonly signal: AbortSignal;
}

/** Runs a module of the package in the folder that the first argument names, without a trace of that folder in the environment. */
const RUN_MODULE =
  'import sys, runpy; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)';

/** Null when it was interrupted. Throws C3005 with the kernel's last words when the kernel itself fails; an error in a cell is part of the answer. */
export async function playSequential(
  request: SequentialRequest,
  settings: Settings,
): Promise<PlayedNotebook | null> {
  const output = join(request.scratch, 'sequential.ipynb');
  const variables = join(request.scratch, 'sequential.json');
  const travelling = await makeTravellingPath(settings.home, settings.pythonPackage);
  const argv = [
    ...['-E', '-c', RUN_MODULE, dirname(settings.pythonPackage), 'cellfarm.reference'],
    ...[request.path, '-o', output, '--variables', variables],
    ...['--cwd', dirname(request.path), '--travelling', travelling],
    ...(request.python === null ? [] : ['--python', request.python]),
  ];
  const { code, stderr } = await runPython(settings, argv, request.signal);
  if (request.signal.aborted) return null;
  if (code === 2 || !existsSync(output)) {
    throw new CellfarmError('C3005', {
      path: settings.python,
      detail: stderr.trim().split('\n').slice(-5).join(' | '),
    });
  }
  const notebook = JSON.parse(readFileSync(output, 'utf8')) as Pick<PlayedNotebook, 'cells'>;
  return {
    cells: notebook.cells,
    variables: JSON.parse(readFileSync(variables, 'utf8')) as PlayedNotebook['variables'],
  };
}

/** A process group of its own: an interrupt of the terminal is for the command, which ends the group. Its kernel inherits what the
 * processes of a run inherit. */
function runPython(
  settings: Settings,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(settings.python, argv, {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    env: childEnvironment(process.env, {}),
  });
  const end = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', end, { once: true });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-8000)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', end);
      resolve({ code, stderr });
    });
  });
}
