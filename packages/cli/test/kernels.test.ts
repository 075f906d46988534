// Each notebook runs under the interpreter of its own kernelspec, which needs nothing of cellfarm; every supported Python does.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Place } from './helpers/command.js';
import { makeKernel, pythonsFound } from './helpers/pythons.js';
import { toNotebook } from './notebooks/to-notebook.js';

const INSTALL_MS = 300_000;
const place = new Place();
const jupyterPath = join(place.folder, 'jupyter');
const env = { JUPYTER_PATH: jupyterPath };
const pythons = [...pythonsFound()];
/** Two kernels with other packages, of the oldest and the newest Python there is. */
const kernels = [
  { name: 'first', python: pythons[0]?.[1] ?? '', present: 'colorama', absent: 'toolz' },
  { name: 'second', python: pythons.at(-1)?.[1] ?? '', present: 'toolz', absent: 'colorama' },
];

beforeAll(() => {
  for (const kernel of kernels) makeKernel(jupyterPath, kernel.name, kernel.python, [kernel.present]);
}, INSTALL_MS);
afterAll(() => place.remove(), INSTALL_MS);

interface Text {
  readonly text?: string | readonly string[];
}
function printed(path: string): string {
  const { cells } = JSON.parse(readFileSync(path, 'utf8')) as { cells: { outputs: Text[] }[] };
  return cells.flatMap((cell) => cell.outputs.map((output) => [output.text ?? ''].flat().join(''))).join('');
}

const notebookText = `
# %%
import cellfarm as cf, importlib.util as find, sys
@cf.map
def square(n):
    return n * n
# %%
squares = [square(n) for n in range(4)]
# %%
print(sys.prefix, "%d.%d" % sys.version_info[:2], [name for name in ("colorama", "toolz") if find.find_spec(name)], squares)
`;

describe.each(kernels)('the kernel $name', (kernel) => {
  test.each([[], ['--no-fork']])('plays its notebook under its own interpreter %s', async (...flags) => {
    const path = join(place.folder, `${kernel.name}.ipynb`);
    const out = join(place.folder, `${kernel.name}-out.ipynb`);
    writeFileSync(path, toNotebook(notebookText, kernel.name));
    const end = await place.run(['run', path, '-o', out, '--workers', '2', ...flags.flat()], env);
    expect(end, end.stderr).toMatchObject({ code: 0 });
    expect(printed(out)).toContain(join(jupyterPath, 'environments', kernel.name));
    expect(printed(out)).toContain(`['${kernel.present}'] [0, 1, 4, 9]`);
  });
});

describe('an interpreter named with --python', () => {
  test('without ipykernel is refused by name', async () => {
    writeFileSync(join(place.folder, 'x.ipynb'), toNotebook('# %%\nx = 1\n'));
    const bare = pythons.map(([, path]) => path).find((path) => !path.startsWith(place.folder));
    const end = await place.run(['run', 'x.ipynb', '--python', bare ?? '']);
    expect(end.code).toBe(2);
    expect(end.stderr).toContain('C3004');
  });

  test('that does not exist is refused by name', async () => {
    writeFileSync(join(place.folder, 'x.ipynb'), toNotebook('# %%\nx = 1\n'));
    const end = await place.run(['run', 'x.ipynb', '--python', '/nowhere/python']);
    expect(end.code).toBe(2);
    expect(end.stderr).toContain('C3002');
    expect(end.stderr).toContain('/nowhere/python');
  });
});
