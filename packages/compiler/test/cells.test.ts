import { describe, expect, it } from 'vitest';
import { cellsNeedingOracle, graphToDot, graphToText, readOracleAnswer } from '../src/index.js';
import { arrows, compiled, graphOf, notebookText, read, type CellSketch } from './support/notebooks.js';

describe('cells that are not understood', () => {
  it.each([
    ['globals()', "globals()['z'] = 1"],
    ['exec of code from elsewhere', 'exec(open("a.py").read())'],
    ['eval inside a function', 'def f(s): return eval(s)\nf("1")'],
    ['setattr of a name', 'import foo\nn = foo.name()\nsetattr(foo, n, 1)'],
    ['a star import', 'from foo import *'],
    ['%run', '%run other.ipynb'],
    ['an unknown magic', '%frobnicate x'],
    ['an unknown cell magic', '%%frobnicate\nx = 1'],
    ['the last result', '_ + 1'],
    ['results by number', 'Out[3]'],
    ['the shell', 'get_ipython().user_ns'],
    ['a text that the parser rejects', 'x = ('],
  ])('%s', (_name, source) => {
    const graph = graphOf(['a = 1', source, 'b = 2']);
    expect(graph.cells[1]).toMatchObject({ status: 'opaque', barrier: true });
    expect(graph.tasks.find(({ id }) => id === 'c1')?.skeleton).toBe('opaque');
    expect(
      graph.diagnostics
        .filter(({ code }) => code === 'C2101')
        .map(({ severity, cell }) => `${severity} ${String(cell)}`),
    ).toEqual(['info 1']);
    expect(arrows(graph)).toEqual(expect.arrayContaining(['c0->c1', 'c1->c2']));
  });

  it('%%bash is opaque and keeps the order of effects, but the namespace is not its business', () => {
    const graph = graphOf(['x = 1', '%%bash\necho $x', 'x']);
    expect(graph.cells[1]).toMatchObject({ status: 'opaque', barrier: false, effects: ['io', 'process'] });
    expect(arrows(graph)).toEqual(['c0->c2']);
  });

  it("a name that the notebook binds is not the shell's", () => {
    expect(graphOf(['for _ in range(3): pass', '_']).cells.map(({ barrier }) => barrier)).toEqual([
      false,
      false,
    ]);
    expect(graphOf(['ls = [1]', 'ls']).cells[1]).toMatchObject({ status: 'ok', reads: ['ls'] });
    expect(graphOf(['pwd']).cells[0]).toMatchObject({ status: 'ok', reads: [] });
  });
});

describe('effects', () => {
  it.each([
    ['x = 1', []],
    ['print(1)', ['display']],
    ['1 + 1', ['display']],
    ['1 + 1;', []],
    ["open('a')", ['display', 'io']],
    ['x = input()', ['stdin']],
    ['import random\nx = random.random()', ['rng']],
    ['import os\nos.system("ls")', ['io', 'process']],
    ['!ls', ['display', 'io', 'process']],
    ['import foo\nx = foo.bar()', ['unknown']],
    ['import math, time\ntime.sleep(1)\nx = math.sin(1)', []],
  ])('%s', (source, effects) => {
    expect(graphOf([source]).cells[0]?.effects).toEqual(effects);
  });
});

describe('names that nothing defines', () => {
  function warned(cells: readonly CellSketch[]): string[] {
    return graphOf(cells)
      .diagnostics.filter(({ code }) => code === 'C2102')
      .map(
        ({ cell, line, message }) => `${String(cell)}:${String(line)} ${message.replace(/.*"(.*)"/, '$1')}`,
      );
  }

  it('are warned of with cell and line', () => {
    expect(warned(['x = 1', 'y = 2\nprint(x, z)'])).toEqual(['1:2 z']);
    expect(warned(['x: int', 'x'])).toEqual(['1:1 x']);
    expect(warned(['x = 1', 'del x', 'x'])).toEqual(['2:1 x']);
    expect(warned(['try:\n  1/0\nexcept Exception as e:\n  z = 1', 'e'])).toEqual(['1:1 e']);
  });

  it('in a function are warned of where they stand', () => {
    expect(warned(['def f():\n  return nowhere', 'f()'])).toEqual(['0:2 nowhere']);
    expect(warned(['def f():\n  return nowhere'])).toEqual(['0:2 nowhere']);
    expect(warned(['def f():\n  return later', 'later = 1', 'f()'])).toEqual([]);
    expect(warned(['def f():\n  return later', 'f()', 'later = 1'])).toEqual(['0:2 later']);
  });

  it('are not warned of when they are built in, from IPython, or may come from elsewhere', () => {
    expect(warned(['len(sorted([1])); display(1); __name__'])).toEqual([]);
    expect(warned(['from foo import *', 'anything'])).toEqual([]);
    expect(warned(['exec(open("a.py").read())', 'anything'])).toEqual([]);
    expect(warned(['if bool(1): u = 1', 'u'])).toEqual([]);
  });
});

describe("CPython's word", () => {
  const cells = ['x = 1', 'def f(:\n  pass', 'match x, x:\n  case _: pass', 'return 3'];

  it('is asked for what the parser rejects or may wrongly accept', () => {
    const { snapshot } = read(notebookText(cells));
    expect(snapshot && cellsNeedingOracle(snapshot).map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  it('decides: an error with its place, or a tree', () => {
    const syntaxError = { line: 1, column: 6, message: 'invalid syntax' };
    const answers = new Map([['1', { id: '1', syntaxError }]]);
    const { diagnostics } = graphOf(cells.slice(0, 2), { answers });
    expect(diagnostics).toEqual([
      expect.objectContaining({
        code: 'C2001',
        severity: 'error',
        cell: 1,
        line: 1,
        column: 6,
        message: 'SyntaxError: invalid syntax',
      }),
    ]);
  });

  it('is honoured as in Jupyter for a cell that is tagged raises-exception', () => {
    const answers = new Map([
      ['1', { id: '1', syntaxError: { line: 1, column: 6, message: 'invalid syntax' } }],
    ]);
    const graph = graphOf(['x = 1', { source: 'def f(:', tags: ['raises-exception'] }, 'x'], { answers });
    expect(graph.diagnostics).toEqual([]);
    expect(graph.cells[1]).toMatchObject({ status: 'opaque', barrier: false });
  });

  it('is read from lines, and anything else is refused', () => {
    expect(readOracleAnswer('{"id":"1","tree":{"nodeType":"Module","body":[]}}')).toEqual({
      id: '1',
      tree: { nodeType: 'Module', body: [] },
    });
    expect(() => readOracleAnswer('{"id":"1"}')).toThrow(TypeError);
    expect(() => readOracleAnswer('[]')).toThrow(TypeError);
  });
});

describe('cells that leave', () => {
  const away = (source: string): CellSketch => ({ source, cellfarm: { target: 'gpu' } });

  it('take what they read and bring back what they bind', () => {
    const { graph, plans } = compiled([
      'K = 2\ndef g(v): return v * K',
      'x = 1',
      away('y = g(x)'),
      'print(y)',
    ]);
    expect(graph.tasks[2]).toMatchObject({ id: 'c2', place: 'away', target: 'gpu' });
    expect(plans[2]?.ship).toEqual({ inputs: ['K', 'g', 'x'], outputs: ['y'] });
  });

  it('bring back the whole region of what they change', () => {
    const { plans } = compiled(['a = [1]\nb = a\nc = [2]', away('b.append(3)'), 'print(a)']);
    expect(plans[1]?.ship).toEqual({ inputs: ['a', 'b'], outputs: ['a', 'b'] });
  });

  it.each([
    ['what they do outside is not known', ['import foo', away('foo.bar(1)')]],
    ['they write files', ['x = 1', away("open('a', 'w').write('b')")]],
    ['they draw from the global generator', ['import random', away('x = random.random()')]],
    ['they are not understood', ['x = 1', away('globals()')]],
    ['they hold magics', ['x = 1', away('%timeit 1')]],
    ['they read what nothing defines', ['x = 1', away('y = nowhere')]],
    ['they change objects after hidden code', ['exec(open("a.py").read()); b = []', away('b.append(1)')]],
  ])('stay home when %s', (_name, cells) => {
    const { graph, plans } = compiled(cells);
    expect(plans.at(-1)?.ship).toBeNull();
    expect(graph.tasks.at(-1)?.place).toBe('home');
    expect(graph.diagnostics.filter(({ code }) => code === 'C2104')).toHaveLength(1);
  });
});

describe('tasks', () => {
  it('leave out cells that are skipped or empty, and follow the document otherwise', () => {
    const graph = graphOf([
      'x = 1',
      { source: 'x = 2', cellfarm: { role: 'skip' } },
      '  ',
      'y = 1',
      'print(x)',
    ]);
    expect(graph.tasks.map(({ id }) => id)).toEqual(['c0', 'c3', 'c4']);
    expect(graph.cells.map(({ status }) => status)).toEqual(['ok', 'skipped', 'ok', 'ok', 'ok']);
    expect(graph.edges.map(({ from, to, kind }) => `${from}->${to} ${kind}`)).toEqual([
      'c0->c4 data',
      'c0->c3 order',
      'c3->c4 order',
    ]);
  });

  it('are printed as text and as a graph', () => {
    const graph = graphOf([
      'import cellfarm as cf\n@cf.map\ndef f(x): return x',
      'r = [f(x) for x in [1]]',
      'print(r, "\\"")',
    ]);
    expect(graphToText(graph)).toContain('c1.m0  map, away, role map, over [1]');
    expect(graphToText(graph)).toContain('reads f: bound in cell 0 line 3');
    const dot = graphToDot(graph);
    expect(dot.startsWith('digraph "test.ipynb" {\n')).toBe(true);
    expect(dot).toContain('"c1.m0" -> "c1"');
  });
});
