import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PUBLIC_NAMES } from '../src/unknown-attributes.js';
import { graphOf, type CellSketch } from './support/notebooks.js';

const python = resolve(import.meta.dirname, '..', '..', 'python', 'src', 'cellfarm', '__init__.py');

function found(cells: readonly CellSketch[]): [string, number | null, number | null][] {
  return graphOf(cells)
    .diagnostics.filter(({ code }) => code === 'C2106')
    .map(({ severity, cell, line }) => [severity, cell, line]);
}

describe('a name that cellfarm does not have', () => {
  it.each([
    ['a decorator', 'import cellfarm as cf\n@cf.mapp\ndef f(x): return x', 2],
    ['a decorator with options', 'import cellfarm as cf\n@cf.mapp(cpus=1)\ndef f(x): return x', 2],
    ['a call', 'import cellfarm\nf = cellfarm.mapp(len)', 2],
    ['another alias', 'import cellfarm as anything\nanything.gather', 2],
    ['an import of the name', 'x = 1\nfrom cellfarm import map, mapp', 2],
  ])('is an error in %s', (_name, cell, line) => {
    expect(found([cell])).toEqual([['error', 0, line]]);
  });

  it('is found cells after the import, with what there is', () => {
    const graph = graphOf(['import cellfarm as cf', 'x = 1', '@cf.mapp\ndef f(x): return x']);
    const finding = graph.diagnostics.find(({ code }) => code === 'C2106');
    expect(finding).toMatchObject({ cell: 2, line: 1, message: 'cellfarm has no "mapp"' });
    expect(finding?.hint).toBe('There are: map, reduce, stage, task, train.');
  });

  it.each<[string, CellSketch]>([
    ['try', 'import cellfarm as cf\ntry:\n  cf.gather\nexcept AttributeError: pass'],
    ['an import in try', 'try:\n  from cellfarm import gather\nexcept ImportError: pass'],
    ['hasattr', 'import cellfarm as cf\nif hasattr(cf, "gather"):\n  cf.gather'],
    ['hasattr further up', 'import cellfarm as cf\nassert hasattr(cf, "gather")\ncf.gather'],
    ['suppress', 'import cellfarm as cf, contextlib\nwith contextlib.suppress(Exception):\n  cf.gather'],
    ['a function that may not be called', 'import cellfarm as cf\ndef f(): return cf.gather'],
    ['a module of its own', 'import cellfarm as cf\nimport cellfarm.gather\ncf.gather'],
    ['a definition by the notebook', 'import cellfarm as cf\ncf.gather = 1\ncf.gather'],
    ['a tag', { source: 'import cellfarm as cf\ncf.gather', tags: ['raises-exception'] }],
  ])('is only a warning behind %s', (_name, cell) => {
    const severities = found([cell]).map(([severity]) => severity);
    expect(severities).toEqual(['warning']);
  });

  it.each([
    ['names that there are', 'import cellfarm as cf\n[cf.map, cf.reduce, cf.stage, cf.task, cf.train]'],
    ['names of every module', 'import cellfarm as cf\ncf.__name__'],
    ['another object of that name', 'import cellfarm as cf\ncf = object()\ncf.mapp'],
    ['a local name', 'import cellfarm as cf\ndef f(cf): return cf.mapp'],
    ['a skipped import', 'try:\n  import cellfarm as cf\nexcept ImportError:\n  cf = None\ncf.map'],
  ])('is not seen in %s', (_name, cell) => {
    expect(found([cell])).toEqual([]);
  });

  it('is any but those that the Python package gives', () => {
    const given = /__all__ = \[([^\]]*)\]/.exec(readFileSync(join(python), 'utf8'))?.[1] ?? '';
    expect([...given.matchAll(/"(\w+)"/g)].map(([, name]) => name)).toEqual([...PUBLIC_NAMES]);
  });
});
