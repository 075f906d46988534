// Interpreters of this machine and throw-away environments made with them, each with ipykernel and nothing of cellfarm.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { venv } from './command.js';

const MINORS = ['3.10', '3.11', '3.12', '3.13'] as const;

/** One interpreter of each supported version that is found: on PATH, under pyenv, and that of set-up. */
export function pythonsFound(): Map<string, string> {
  const pyenv = join(homedir(), '.pyenv', 'versions');
  const versions = existsSync(pyenv) ? readdirSync(pyenv) : [];
  const folders = [
    ...versions.map((version) => join(pyenv, version, 'bin')),
    '/usr/local/bin',
    '/usr/bin',
    '/opt/homebrew/bin',
    join(venv, 'bin'),
  ];
  const found = new Map<string, string>();
  for (const minor of MINORS) {
    const path = folders.map((folder) => join(folder, `python${minor}`)).find((each) => existsSync(each));
    if (path) found.set(minor, path);
  }
  return found;
}

/** A kernelspec `name` under `jupyterPath` whose interpreter lives in an environment of its own. */
export function makeKernel(
  jupyterPath: string,
  name: string,
  python: string,
  packages: readonly string[],
): string {
  const folder = join(jupyterPath, 'environments', name);
  execFileSync(python, ['-m', 'venv', folder]);
  const inside = join(folder, 'bin', 'python');
  execFileSync(
    inside,
    ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', 'ipykernel', ...packages],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const spec = join(jupyterPath, 'kernels', name);
  mkdirSync(spec, { recursive: true });
  writeFileSync(
    join(spec, 'kernel.json'),
    JSON.stringify({
      argv: [inside, '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
      display_name: name,
      language: 'python',
    }),
  );
  return inside;
}
