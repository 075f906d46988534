// Bad input is refused with its code, cell, line and hint, exit 2, before anything is started.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Place } from './helpers/command.js';

const place = new Place();
afterAll(() => place.remove());

interface CellText {
  source: string;
  metadata?: object;
}
function notebook(
  cells: readonly CellText[],
  metadata: object = { kernelspec: { name: 'python3', language: 'python' } },
  format = 4,
): string {
  return JSON.stringify({
    cells: cells.map((cell, i) => ({
      cell_type: 'code',
      id: `c${i}`,
      execution_count: null,
      outputs: [],
      metadata: {},
      ...cell,
    })),
    metadata,
    nbformat: format,
    nbformat_minor: 5,
  });
}
const tagged = (tags: object): string =>
  notebook([{ source: 'x = 1' }, { source: 'y = 2', metadata: { cellfarm: tags } }]);

const files: Record<string, { text: string; code: string; words: readonly string[] }> = {
  'not-json': { text: '{"cells": [', code: 'C1004', words: ['is not JSON'] },
  'format-3': {
    text: JSON.stringify({ worksheets: [], metadata: {}, nbformat: 3, nbformat_minor: 0 }),
    code: 'C1005',
    words: ['format 3'],
  },
  empty: { text: '', code: 'C1003', words: ['is empty'] },
  'a-list': { text: '[]', code: 'C1006', words: ['is not a notebook'] },
  syntax: {
    text: notebook([{ source: 'x = 1' }, { source: 'y = 2\ndef broken(:\n  pass' }]),
    code: 'C2001',
    words: ['cell 1', 'line 2', 'raises-exception'],
  },
  role: { text: tagged({ role: 'mapp' }), code: 'C1101', words: ['cell 1', 'mapp', 'preprocess'] },
  target: { text: tagged({ target: 'moon' }), code: 'C1102', words: ['cell 1', 'moon', 'local'] },
  gpus: { text: tagged({ resources: { gpus: -1 } }), code: 'C1103', words: ['cell 1', 'gpus'] },
  memory: {
    text: tagged({ resources: { memory: '10 GiBB' } }),
    code: 'C1103',
    words: ['cell 1', 'memory', '512MiB'],
  },
  proto: {
    text: tagged(JSON.parse('{"__proto__": {"role": "map"}}') as object),
    code: 'C1104',
    words: ['cell 1'],
  },
  julia: {
    text: notebook([{ source: '1' }], { kernelspec: { name: 'julia-1.10', language: 'julia' } }),
    code: 'C1007',
    words: ['julia'],
  },
  kernel: {
    text: notebook([{ source: '1' }], { kernelspec: { name: 'no-such-kernel', language: 'python' } }),
    code: 'C3001',
    words: ['no-such-kernel', 'python3'],
  },
};

describe('a notebook that cannot be run', () => {
  test.each(Object.entries(files))('%s', async (name, { text, code, words }) => {
    const path = join(place.folder, `${name}.ipynb`);
    // JSON.stringify drops a literal __proto__, so that case is written by hand.
    writeFileSync(
      path,
      name === 'proto' ? text.replace('"cellfarm":{}', '"cellfarm":{"__proto__":{"role":"map"}}') : text,
    );
    const end = await place.run(['run', path]);
    expect(end, end.stderr).toMatchObject({ code: 2, stdout: '' });
    for (const word of [code, ...words]) expect(end.stderr).toContain(word);
  });

  test('a missing file, a folder and a wrong option', async () => {
    mkdirSync(join(place.folder, 'folder.ipynb'));
    const missing = await place.run(['run', 'nowhere.ipynb']);
    const folder = await place.run(['run', 'folder.ipynb']);
    const workers = await place.run(['run', 'nowhere.ipynb', '--workers', 'many']);
    const unknown = await place.run(['run', 'nowhere.ipynb', '--frobnicate']);
    expect([missing.code, folder.code, workers.code, unknown.code]).toEqual([2, 2, 2, 2]);
    expect(missing.stderr).toContain('C1001');
    expect(folder.stderr).toContain('C1002');
    expect(workers.stderr).toContain('--workers');
    expect(unknown.stderr).toContain('--frobnicate');
  });

  test('an executed notebook that could not be written', async () => {
    writeFileSync(join(place.folder, 'good.ipynb'), notebook([{ source: 'x = 1' }]));
    const nowhere = await place.run(['run', 'good.ipynb', '-o', '/nowhere/at/all.ipynb']);
    const folder = await place.run(['run', 'good.ipynb', '-o', place.folder]);
    expect([nowhere.code, folder.code]).toEqual([2, 2]);
    expect(nowhere.stderr).toContain('/nowhere/at/all.ipynb');
    expect(folder.stderr).toContain('it is a folder');
  });

  test('and leaves no run behind', async () => {
    const end = await place.run(['runs', '--json']);
    expect(JSON.parse(end.stdout)).toEqual([]);
  });
});

describe('a name that nothing seems to define', () => {
  test('is warned of with cell and line, and the run ends as Restart & Run All does', async () => {
    const path = join(place.folder, 'undefined.ipynb');
    writeFileSync(
      path,
      notebook([
        { source: 'print("first")' },
        { source: 'x = 1\nnowhere + x' },
        { source: 'print("never")' },
      ]),
    );
    const end = await place.run(['run', path, '-o', 'undefined-out.ipynb']);
    expect(end.code, end.stderr).toBe(1);
    expect(end.stderr).toContain('C2102');
    expect(end.stderr).toContain('cell 1, line 2');
    expect(end.stderr).toContain('NameError');
    expect(end.stderr).not.toContain('never');
  });
});
