// Which Python plays a notebook, and what is said when there is none that can. Kernelspecs are written to a folder; the interpreters are
// small scripts that answer as one would, and the real one on PATH.
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findInterpreter } from '../../src/kernels/interpreter.js';
import { jupyterDataFolders } from '../../src/kernels/jupyter-paths.js';

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'cellfarm-kernels-')));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(path: string, text: string, mode = 0o644): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

/** A program that answers the probe as a Python of this version would, and counts how often it was asked. */
function fakePython(path: string, version: string, ipykernel: boolean): Promise<string> {
  const answer = {
    version: version.split('.').map(Number),
    executable: path,
    prefix: folder,
    ipykernel: ipykernel ? '/bin/sh' : null,
  };
  return write(path, `#!/bin/sh\necho asked >> ${folder}/asked\necho '${JSON.stringify(answer)}'\n`, 0o755);
}

function kernelspec(name: string, spec: object): Promise<string> {
  return write(`jupyter/kernels/${name}/kernel.json`, JSON.stringify(spec));
}

function find(question: { python?: string; kernel?: string }) {
  return findInterpreter({
    python: question.python ?? null,
    kernel: question.kernel ?? 'python3',
    cacheFolder: join(folder, 'cache'),
    env: { JUPYTER_PATH: join(folder, 'jupyter'), PATH: process.env['PATH'] },
  });
}

describe('the interpreter of a notebook', () => {
  test('is the one its kernelspec starts, with its options and environment', async () => {
    const python = await fakePython('env/bin/python', '3.12.1', true);
    await kernelspec('mine', {
      argv: [python, '-Xutf8', '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
      env: { A: 'b' },
    });
    expect(await find({ kernel: 'mine' })).toEqual({
      argv: [python, '-Xutf8'],
      env: { A: 'b' },
      version: '3.12.1',
      path: python,
    });
  });

  test('is found under another case of its name, as Jupyter does', async () => {
    const python = await fakePython('env/bin/python', '3.10.0', true);
    await kernelspec('Mine', { argv: [python, '-m', 'ipykernel'] });
    expect((await find({ kernel: 'mine' })).path).toBe(python);
  });

  test('is that of the environment in which the kernelspec lies when it says python only', async () => {
    const python = await fakePython('env/bin/python', '3.11.2', true);
    await write(
      'env/share/jupyter/kernels/own/kernel.json',
      JSON.stringify({ argv: ['python', '-m', 'ipykernel_launcher'] }),
    );
    const env = { JUPYTER_PATH: join(folder, 'env/share/jupyter'), PATH: process.env['PATH'] };
    const found = await findInterpreter({
      python: null,
      kernel: 'own',
      cacheFolder: join(folder, 'cache'),
      env,
    });
    expect(found.path).toBe(python);
  });

  test('is asked once, and again when it changed', async () => {
    const python = await fakePython('env/bin/python', '3.12.1', true);
    expect((await find({ python })).version).toBe('3.12.1');
    expect((await find({ python })).version).toBe('3.12.1');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await fakePython('env/bin/python', '3.13.0', true);
    expect((await find({ python })).version).toBe('3.13.0');
    const { readFile } = await import('node:fs/promises');
    expect((await readFile(join(folder, 'asked'), 'utf8')).match(/asked/g)).toHaveLength(2);
  });

  test.each([
    ['a kernel that does not exist', { kernel: 'none' }, 'C3001'],
    ['a kernel whose name is a path', { kernel: '../../etc' }, 'C3001'],
    ['a Python that does not exist', { python: '/nowhere/python' }, 'C3002'],
    ['a folder instead of a Python', { python: '/tmp' }, 'C3002'],
  ])('refuses %s', async (_name, question, code) => {
    await expect(find(question)).rejects.toMatchObject({ code });
  });

  test.each([
    ['an older Python', '3.9.18', true, 'C3003'],
    ['a newer Python', '3.14.0', true, 'C3003'],
    ['a Python without ipykernel', '3.12.1', false, 'C3004'],
  ])('refuses %s by name', async (_name, version, ipykernel, code) => {
    const python = await fakePython('env/bin/python', version, ipykernel);
    const error = await find({ python }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toContain(python);
  });

  test('refuses a program that is no Python, and one that does not start', async () => {
    await expect(
      find({ python: await write('env/bin/noise', '#!/bin/sh\necho hello\n', 0o755) }),
    ).rejects.toMatchObject({ code: 'C3006' });
    await expect(find({ python: await write('env/bin/plain', 'text', 0o644) })).rejects.toMatchObject({
      code: 'C3005',
    });
  });

  test('refuses another language and a broken kernel.json', async () => {
    await kernelspec('julia', { argv: ['julia'], language: 'julia' });
    await expect(find({ kernel: 'julia' })).rejects.toMatchObject({ code: 'C1007' });
    await write('jupyter/kernels/broken/kernel.json', '{"argv": []}');
    await expect(find({ kernel: 'broken' })).rejects.toMatchObject({ code: 'C3005' });
  });

  test('names the kernels that there are when one is missing', async () => {
    await kernelspec('here', { argv: ['python'] });
    await expect(find({ kernel: 'gone' })).rejects.toThrow(/gone/);
    const error = await find({ kernel: 'gone' }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ report: { hint: expect.stringContaining('here') as string } });
  });
});

describe('the folders of kernelspecs', () => {
  const hasPython = (folder: string): boolean => folder !== '/empty';

  test('come in the order of Jupyter: JUPYTER_PATH, environments, the user, the system', () => {
    const env = { JUPYTER_PATH: '/a:/b', VIRTUAL_ENV: '/venv', PATH: 'bin:/opt/py/bin:/empty' };
    expect(jupyterDataFolders({ env, homeFolder: '/home/u', platform: 'linux', hasPython })).toEqual([
      '/a',
      '/b',
      '/venv/share/jupyter',
      '/opt/py/share/jupyter',
      '/home/u/.local/share/jupyter',
      '/usr/local/share/jupyter',
      '/usr/share/jupyter',
    ]);
    expect(jupyterDataFolders({ env: {}, homeFolder: '/Users/u', platform: 'darwin', hasPython })).toContain(
      '/Users/u/Library/Jupyter',
    );
  });
});
