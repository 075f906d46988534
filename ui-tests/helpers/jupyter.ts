// A JupyterLab for tests: its own folders, port and cellfarm home, everything else as a user has it.
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the checkout. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the tests' own JupyterLab listens. */
export const PORT = 18_888;

/** The test tool reads its configuration once in each of its processes; they all mean the same folder. */
const SHARED = 'CELLFARM_UI_FOLDER';

export function sharedFolder(): string {
  const folder = process.env[SHARED] ?? freshFolder();
  process.env[SHARED] = folder;
  return folder;
}

export interface Jupyter {
  readonly command: string;
  readonly env: Record<string, string>;
}

export interface JupyterOptions {
  readonly port: number;
  /** Folder of the notebooks, the settings and cellfarm's home. */
  readonly folder: string;
}

export function jupyter({ port, folder }: JupyterOptions): Jupyter {
  const python = join(ROOT, '.venv', 'bin', 'python');
  const config = join(ROOT, 'ui-tests', 'jupyter_server_test_config.py');
  return {
    command: `${python} -m jupyterlab --config ${config}`,
    env: {
      ...present(process.env),
      PATH: `${join(ROOT, '.venv', 'bin')}:${process.env['PATH'] ?? ''}`,
      CELLFARM_HOME: join(folder, 'home'),
      CELLFARM_UI_PORT: String(port),
      JUPYTERLAB_GALATA_ROOT_DIR: join(folder, 'notebooks'),
      JUPYTER_CONFIG_DIR: join(folder, 'config'),
      JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
      CELLFARM_UI_SETTINGS: join(folder, 'settings'),
    },
  };
}

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cellfarm-ui-'));
  for (const part of ['home', 'notebooks', 'config', 'runtime', 'settings']) mkdirSync(join(folder, part));
  cpSync(join(ROOT, 'ui-tests', 'notebooks'), join(folder, 'notebooks'), { recursive: true });
  cpSync(join(ROOT, 'examples', 'digits.ipynb'), join(folder, 'notebooks', 'digits.ipynb'));
  return folder;
}

function present(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
