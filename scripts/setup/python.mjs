// The project's virtual environment: which Python makes it, and when it must be made anew. What is installed into it
// is decided in python-packages.mjs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { failed, runQuietly } from './command.mjs';
import { root, stamps, venv, venvPython } from './paths.mjs';
import { Problem } from './problem.mjs';
import { hasStamp, writeStamp } from './stamp.mjs';

const OLDEST = 10;
const NEWEST = 13;
const stamp = join(stamps, 'environment');
const install =
  'install one (Debian and Ubuntu: `apt-get install python3 python3-venv`; macOS: `brew install python@3.13`) and run the command again.';

export const pythonEnvironment = {
  name: 'Python environment (.venv)',
  fresh: () => existsSync(venvPython) && hasStamp(stamp, root),
  run() {
    if (!usableAsItIs()) makeAnew();
    writeStamp(stamp, root);
  },
};

/** An environment made by hand is kept if its Python fits, has pip, and the folder was not moved. */
function usableAsItIs() {
  if (!existsSync(venvPython)) return false;
  const seen = lookAt(venvPython);
  return seen !== undefined && fits(seen) && seen.pip && seen.prefix === venv;
}

function makeAnew() {
  const python = findPython();
  const made = runQuietly(python.program, ['-m', 'venv', '--clear', venv]);
  if (made.ok) return;
  if (/ensurepip|python3[\d.]*-venv/.test(made.output)) throw lacksVenv(python);
  throw failed('make the Python environment', made.output);
}

/** The first Python on PATH that fits: the user's own `python3` before a newer one beside it. */
export function findPython(look = lookAt) {
  const names = ['python3', ...[13, 12, 11, 10].map((minor) => `python3.${minor}`), 'python'];
  const seen = names.map((name) => look(name)).filter((python) => python !== undefined);
  const fitting = seen.filter(fits);
  const complete = fitting.find((python) => python.venv);
  if (complete !== undefined) return complete;
  if (fitting[0] !== undefined) throw lacksVenv(fitting[0]);
  const range = `Python 3.${OLDEST} to 3.${NEWEST} is needed`;
  if (seen[0] !== undefined) {
    throw new Problem(`${range}, and the one on PATH is ${seen[0].major}.${seen[0].minor}: ${install}`);
  }
  throw new Problem(`${range}, and there is none on PATH: ${install}`);
}

function fits(python) {
  return python.major === 3 && python.minor >= OLDEST && python.minor <= NEWEST;
}

function lacksVenv(python) {
  const version = `${python.major}.${python.minor}`;
  return new Problem(
    `Python ${version} cannot make virtual environments here: install that part of it (Debian and Ubuntu: \`apt-get install python${version}-venv\`) and run the command again.`,
  );
}

const question = `
import importlib.util, json, sys
has = lambda name: importlib.util.find_spec(name) is not None
print(json.dumps({"program": sys.executable, "major": sys.version_info[0], "minor": sys.version_info[1],
                  "venv": has("venv") and has("ensurepip"), "pip": has("pip"), "prefix": sys.prefix}))
`;

/** What a Python says of itself, or undefined where there is none of that name (or only a shim for none). */
function lookAt(program) {
  const asked = runQuietly(program, ['-c', question]);
  if (!asked.ok) return undefined;
  try {
    return JSON.parse(asked.output.trim().split('\n').at(-1));
  } catch {
    return undefined; // some other program of that name
  }
}
