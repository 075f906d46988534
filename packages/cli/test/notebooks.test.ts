// Every notebook of the folder beside this file gives the same answer as Restart & Run All: outputs, variables and files,
// with shards forked from home and with shards shipped to workers.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNotebookFile } from '../src/run/read-notebook.js';
import { serviceForRun } from '../src/run/service-for-run.js';
import type { ServiceForRun } from '../src/run/service-for-run.js';
import { compareRuns } from '../src/verify/compare.js';
import type { PlayedNotebook } from '../src/verify/compare.js';
import { playDistributed } from '../src/verify/play-distributed.js';
import { playSequential } from '../src/verify/play-sequential.js';
import { Place, repository, venv } from './helpers/command.js';
import { toNotebook } from './notebooks/to-notebook.js';

const texts = join(import.meta.dirname, 'notebooks');
const names = readdirSync(texts)
  .filter((name) => name.endsWith('.py.txt'))
  .map((name) => name.slice(0, -'.py.txt'.length));

const place = new Place();
const settings = {
  home: place.home,
  pythonPackage: join(repository, 'packages', 'python', 'src', 'cellfarm'),
  python: join(venv, 'bin', 'python'),
  program: [process.execPath, join(repository, 'dist', 'cellfarm.mjs')] as const,
};
let service: ServiceForRun;

beforeAll(async () => {
  Object.assign(process.env, { CELLFARM_HOME: place.home, CELLFARM_PREFIX: venv });
  mkdirSync(place.home, { recursive: true });
  service = await serviceForRun(settings, { redis: undefined, onLost: () => undefined });
});

afterAll(async () => {
  await service.stop();
  place.remove();
});

/** A folder with the notebook alone in it. */
function folderFor(name: string, way: string): string {
  const folder = join(place.folder, way, name);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.ipynb`);
  writeFileSync(path, toNotebook(readFileSync(join(texts, `${name}.py.txt`), 'utf8')));
  return folder;
}

/** Files a notebook left behind, by name. */
function filesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.endsWith('.ipynb') && !path.endsWith('.db'))
      .sort()
      .map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]),
  );
}

async function distributed(
  name: string,
  way: 'fork' | 'ship',
): Promise<{ played: PlayedNotebook; files: Record<string, string> }> {
  const folder = folderFor(name, way);
  const result = await playDistributed(service, {
    notebook: readNotebookFile(join(folder, `${name}.ipynb`)),
    options: { workers: 2, fork: way === 'fork' },
    signal: new AbortController().signal,
    onEvent: () => undefined,
  });
  if (!result) throw new Error('the run was interrupted');
  expect(result.view.error?.code ?? 'C4001').toBe('C4001');
  return { played: result.played, files: filesOf(folder) };
}

describe.each(names)('%s', (name) => {
  let sequential: PlayedNotebook;
  let files: Record<string, string>;

  beforeAll(async () => {
    const folder = folderFor(name, 'sequential');
    const played = await playSequential(
      {
        path: join(folder, `${name}.ipynb`),
        python: null,
        scratch: scratchOf(name),
        signal: new AbortController().signal,
      },
      settings,
    );
    if (!played) throw new Error('the kernel was interrupted');
    sequential = played;
    files = filesOf(folder);
  });

  test.each(['fork', 'ship'] as const)('gives the same answer by %s', async (way) => {
    const other = await distributed(name, way);
    expect(compareRuns(sequential, other.played)).toEqual([]);
    expect(other.files).toEqual(files);
  });
});

function scratchOf(name: string): string {
  const folder = join(place.folder, 'scratch', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
