// Runs Python for the differential tests: the project's own environment where there is one, else python3.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../../', import.meta.url);
const ours = fileURLToPath(new URL('.venv/bin/python', root));
const PYTHON = existsSync(ours) ? ours : 'python3';

function run(args: readonly string[], input: string): string {
  const { status, stdout, stderr } = spawnSync(PYTHON, [...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: {
      ...process.env,
      PYTHONPATH: fileURLToPath(new URL('packages/python/src', root)),
      PYTHONHASHSEED: '0',
    },
  });
  if (status !== 0) throw new Error(`${PYTHON} ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  return stdout;
}

/** Asks CPython; one answer for each question. */
export function askCpython<T>(work: 'scopes' | 'trace' | 'magics', questions: readonly unknown[]): T[] {
  const script = fileURLToPath(new URL('cpython.py', import.meta.url));
  return JSON.parse(run([script, work], JSON.stringify(questions))) as T[];
}

/** The helper that the service runs, line by line. */
export function askSyntaxHelper(lines: readonly string[]): string[] {
  return run(['-m', 'cellfarm.astd'], lines.map((line) => `${line}\n`).join(''))
    .split('\n')
    .filter((line) => line !== '');
}

/** The folder of Python's own library. */
export function standardLibrary(): string {
  return run(['-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))'], '').trim();
}
