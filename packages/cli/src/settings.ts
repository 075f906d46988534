// Where cellfarm keeps its things and finds its own parts. Reads the environment once, decides nothing else.
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CellfarmError } from '@cellfarm/protocol';

export interface Settings {
  /** Journal, objects and run records. `CELLFARM_HOME`, default the user's data folder. */
  readonly home: string;
  /** Folder of the Python package `cellfarm` that travels to home and workers. */
  readonly pythonPackage: string;
  /** cellfarm's own Python, which has nbclient. */
  readonly python: string;
  /** Node and script that start this very program again. */
  readonly program: readonly [string, string];
}

function userDataFolder(): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  return process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share');
}

/** First existing of the places where the package lies: around the bundle's `chunks` in the wheel, or in the source tree. */
function findPythonPackage(script: string): string {
  const given = process.env['CELLFARM_PACKAGE'];
  const folder = dirname(script);
  const places = [
    ...(given ? [given] : []),
    resolve(folder, '..', '..'),
    resolve(folder, '..', '..', 'packages', 'python', 'src', 'cellfarm'),
    resolve(folder, '..', '..', 'python', 'src', 'cellfarm'),
  ];
  const found = places.find((place) => existsSync(join(place, 'boot.py')));
  if (!found)
    throw new CellfarmError('C5008', { detail: 'its Python package is missing', log: places.join(', ') });
  return found;
}

function findPython(): string {
  const prefix = process.env['CELLFARM_PREFIX'] ?? process.env['VIRTUAL_ENV'];
  const inPrefix = prefix ? join(prefix, 'bin', 'python') : null;
  return inPrefix !== null && existsSync(inPrefix) ? inPrefix : 'python3';
}

/** Settings of this process; makes the home folder (0700) where it is missing. */
export function readSettings(): Settings {
  const script = fileURLToPath(import.meta.url);
  const main = process.argv[1] ?? script;
  const home = resolve(process.env['CELLFARM_HOME'] ?? join(userDataFolder(), 'cellfarm'));
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return {
    home,
    pythonPackage: findPythonPackage(script),
    python: findPython(),
    program: [process.execPath, main],
  };
}
