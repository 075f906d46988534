// The folders in which Jupyter looks for kernelspecs, most specific first, as jupyter_core orders them. Pure: environment in, paths out.
import { dirname, isAbsolute, join } from 'node:path';

export interface Places {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly platform: string;
  /** Whether a folder holds a program `python3`. */
  readonly hasPython: (folder: string) => boolean;
}

function userFolder({ env, homeFolder, platform }: Places): string {
  const given = env['JUPYTER_DATA_DIR'];
  if (given) return given;
  if (platform === 'darwin') return join(homeFolder, 'Library', 'Jupyter');
  return join(env['XDG_DATA_HOME'] ?? join(homeFolder, '.local', 'share'), 'jupyter');
}

/** Environments whose Python is on PATH, as Jupyter finds the one that it is started from. */
function pathPrefixes({ env, hasPython }: Places): string[] {
  const folders = (env['PATH'] ?? '').split(':').filter((folder) => isAbsolute(folder) && hasPython(folder));
  return folders.map((folder) => dirname(folder));
}

/** Folders that may hold `kernels/<name>/kernel.json`. */
export function jupyterDataFolders(places: Places): string[] {
  const { env } = places;
  const prefixes = [env['CELLFARM_PREFIX'], env['VIRTUAL_ENV'], env['CONDA_PREFIX'], ...pathPrefixes(places)];
  const folders = [
    ...(env['JUPYTER_PATH'] ?? '').split(':'),
    ...prefixes.map((prefix) => (prefix ? join(prefix, 'share', 'jupyter') : '')),
    userFolder(places),
    '/usr/local/share/jupyter',
    '/usr/share/jupyter',
  ];
  return [...new Set(folders.filter((folder) => folder !== ''))];
}
