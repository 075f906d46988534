import { describe, expect, it } from 'vitest';
import { notebookText, read } from './support/notebooks.js';

function codes(text: string): string[] {
  const { snapshot, diagnostics } = read(text);
  expect(snapshot === null).toBe(diagnostics.length > 0);
  return diagnostics.map(({ code, cell }) => (cell === null ? code : `${code} in cell ${cell}`));
}

function tagged(...tags: unknown[]): string {
  return notebookText(tags.map((cellfarm) => ({ source: 'x = 1', cellfarm })));
}

describe('files that are no notebooks to run', () => {
  it.each([
    ['an empty file', '', 'C1003'],
    ['blanks only', ' \n', 'C1003'],
    ['no JSON', '{"cells": [', 'C1004'],
    ['a list', '[]', 'C1006'],
    ['an object without a format', '{}', 'C1006'],
    ['format 3', '{"nbformat": 3, "worksheets": []}', 'C1005'],
    ['format 99', notebookText([], { nbformat: 99 }), 'C1005'],
    ['no cells', '{"nbformat": 4, "metadata": {}}', 'C1006'],
    ['a cell that is a number', '{"nbformat": 4, "cells": [1]}', 'C1006'],
    ['a cell without source', '{"nbformat": 4, "cells": [{"cell_type": "code"}]}', 'C1006'],
    [
      'a Julia notebook',
      notebookText([], { metadata: { kernelspec: { name: 'julia-1.10', language: 'julia' } } }),
      'C1007',
    ],
    [
      'a notebook whose language is R',
      notebookText([], { metadata: { language_info: { name: 'R' } } }),
      'C1007',
    ],
  ])('%s', (_name, text, code) => {
    expect(codes(text)).toEqual([code]);
  });

  it('a file that is too large', () => {
    const text = notebookText(['x = 1']);
    expect(read(text).snapshot).not.toBeNull();
    expect(codes(`${text}${' '.repeat(64 * 2 ** 20)}`)).toEqual(['C1008']);
  });
});

describe('tags that cannot be meant', () => {
  it.each([
    ['an unknown role', { role: 'mapp' }, 'C1101'],
    ['a role that is a number', { role: 3 }, 'C1101'],
    ['an unknown target', { target: 'moon' }, 'C1102'],
    ['fewer than no GPUs', { resources: { gpus: -1 } }, 'C1103'],
    ['a size with a wrong unit', { resources: { memory: '10 GiBB' } }, 'C1103'],
    ['an unknown resource', { resources: { disks: 1 } }, 'C1103'],
    ['resources that are a list', { resources: [] }, 'C1103'],
    ['an unknown key', { rolle: 'map' }, 'C1104'],
    ['another version', { version: 2 }, 'C1104'],
    ['a text', 'map', 'C1104'],
  ])('%s', (_name, tags, code) => {
    expect(codes(tagged(tags))).toEqual([`${code} in cell 0`]);
  });

  it('says all of them at once, each with its cell', () => {
    expect(
      codes(tagged({ role: 'x', target: 'y' }, undefined, { resources: { cpus: 0, gpus: 1.5 } })),
    ).toEqual(['C1101 in cell 0', 'C1102 in cell 0', 'C1103 in cell 2', 'C1103 in cell 2']);
  });

  it('refuses keys that mean something to JavaScript', () => {
    const hostile = notebookText(['x']).replace(
      '"metadata":{},"source"',
      '"metadata":{"cellfarm":{"__proto__":{"role":"map"}}},"source"',
    );
    expect(codes(hostile)).toEqual(['C1104 in cell 0']);
    const inside = notebookText(['x']).replace(
      '"metadata":{},"source"',
      '"metadata":{"cellfarm":{"resources":{"__proto__":1,"constructor":2}}},"source"',
    );
    expect(codes(inside)).toEqual(['C1103 in cell 0', 'C1103 in cell 0']);
  });

  it('names what is allowed', () => {
    expect(read(tagged({ role: 'mapp' })).diagnostics[0]).toMatchObject({
      message: 'unknown role "mapp"',
      severity: 'error',
    });
    expect(read(tagged({ target: 'moon' })).diagnostics[0]?.hint).toContain('docker');
  });
});

describe('notebooks as Jupyter writes them', () => {
  it('joins a source given as lines, keeps indices over other cells and makes ids where there are none', () => {
    const text = JSON.stringify({
      nbformat: 4,
      nbformat_minor: 2,
      metadata: { kernelspec: { name: 'my-env', language: 'python' }, language_info: { name: 'python' } },
      cells: [
        { cell_type: 'markdown', metadata: {}, source: '# title' },
        { cell_type: 'code', metadata: { tags: ['raises-exception', 3] }, source: ['a = 1\n', 'b = 2'] },
        { cell_type: 'raw', metadata: {}, source: '' },
        {
          cell_type: 'code',
          metadata: { cellfarm: { role: 'map', resources: { cpus: 2 } } },
          source: 'c = 3',
        },
      ],
    });
    expect(read(text).snapshot).toMatchObject({
      kernel: 'my-env',
      cells: [
        {
          index: 1,
          id: 'cell-1',
          source: 'a = 1\nb = 2',
          jupyterTags: ['raises-exception'],
          tags: { role: 'auto' },
        },
        {
          index: 3,
          id: 'cell-3',
          source: 'c = 3',
          tags: { role: 'map', target: 'auto', resources: { cpus: 2 } },
        },
      ],
    });
  });

  it('tells cells with the same id apart', () => {
    const text = notebookText(['a', 'b', 'c']).replaceAll('id-1', 'id-0').replaceAll('id-2', 'id-0');
    expect(read(text).snapshot?.cells.map(({ id }) => id)).toEqual(['id-0', 'id-0-2', 'id-0-3']);
  });

  it('has another digest when a source, an id or a tag differs, and the same when only outputs do', () => {
    const digest = (text: string): string | undefined => read(text).snapshot?.digest;
    const plain = digest(notebookText(['x = 1']));
    expect(digest(notebookText(['x = 1']).replace('"outputs":[]', '"outputs":[1]'))).toBe(plain);
    expect(digest(notebookText(['x = 2']))).not.toBe(plain);
    expect(digest(tagged({ role: 'load' }))).not.toBe(plain);
  });
});
