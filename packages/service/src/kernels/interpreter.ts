// Chooses the Python that plays a notebook: the one the user named, else the one its kernelspec starts. The first word of a kernelspec's
// argv is the interpreter; options before `-m` travel with it.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { CellfarmError } from '@cellfarm/protocol';
import { findKernelspec } from './find-kernelspec.js';
import type { Kernelspec } from './find-kernelspec.js';
import { jupyterDataFolders } from './jupyter-paths.js';
import { probePython } from './probe-python.js';
import type { Probe } from './probe-python.js';

export interface Interpreter {
  /** argv that starts it; a script follows. */
  readonly argv: readonly string[];
  /** Environment of the kernelspec. */
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
  readonly path: string;
}

export interface InterpreterQuestion {
  /** Absolute path given by the user, or null. */
  readonly python: string | null;
  /** Name of the notebook's kernelspec. */
  readonly kernel: string;
  /** Folder in which answers about interpreters are kept. */
  readonly cacheFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Throws C3001 to C3005 and C1007. */
export async function findInterpreter(question: InterpreterQuestion): Promise<Interpreter> {
  if (question.python !== null) {
    const path = resolve(question.python);
    return interpreter(path, [], {}, await probePython(path, [], question.cacheFolder));
  }
  const hasPython = (folder: string): boolean => existsSync(join(folder, 'python3'));
  const places = { env: question.env, homeFolder: homedir(), platform: process.platform, hasPython };
  const spec = await findKernelspec(question.kernel, jupyterDataFolders(places));
  const path = interpreterPath(spec, question.env);
  const options = optionsBeforeModule(spec.argv);
  return interpreter(path, options, spec.env, await probePython(path, options, question.cacheFolder));
}

function interpreter(
  path: string,
  options: readonly string[],
  env: Readonly<Record<string, string>>,
  probe: Probe,
): Interpreter {
  return { argv: [path, ...options], env, version: probe.version.join('.'), path };
}

/** Words such as `-Xfrozen_modules=off` between the interpreter and what it runs. */
function optionsBeforeModule(argv: readonly string[]): string[] {
  const rest = argv.slice(1);
  const end = rest.findIndex((word) => word === '-m' || word === '-c' || !word.startsWith('-'));
  return rest.slice(0, end < 0 ? rest.length : end);
}

/**
 * A bare `python` in a kernelspec means the interpreter of the environment that the kernelspec lies in
 * (`<prefix>/share/jupyter/kernels/<name>`), else the first on PATH.
 */
function interpreterPath(spec: Kernelspec, env: InterpreterQuestion['env']): string {
  const program = spec.argv[0] ?? 'python';
  if (isAbsolute(program)) return program;
  if (program.includes('/')) return resolve(spec.folder, program);
  const prefix = resolve(spec.folder, '..', '..', '..', '..');
  const folders = [join(prefix, 'bin'), ...(env['PATH'] ?? '').split(delimiter)].filter(
    (folder) => folder !== '',
  );
  const names = program === 'python' ? ['python', 'python3'] : [program];
  for (const folder of folders) {
    for (const name of names) if (existsSync(join(folder, name))) return join(folder, name);
  }
  throw new CellfarmError('C3002', { path: program });
}
