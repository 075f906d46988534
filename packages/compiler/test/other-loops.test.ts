// Loops over marked functions in shapes that are not handed out: each is named with its reason and what to write instead.
import { describe, expect, it } from 'vitest';
import { graphOf } from './support/notebooks.js';

const HEAD = `import functools
import cellfarm as cf
@cf.map
def f(x): return x * 2
@cf.reduce(identity=0)
def add(a, b): return a + b
xs = list(range(8))
`;

interface Row {
  readonly name: string;
  readonly cell: string;
  /** Line, code and fix of each loop. */
  readonly said: readonly (readonly [line: number, code: string, fix: string])[];
}

const FIRST = 'write results = [f(x) for x in xs] first';

const ROWS: readonly Row[] = [
  {
    name: 'a fold of the results as they come',
    cell: 'acc = 0\nfor x in xs:\n    acc = add(acc, f(x))',
    said: [[2, 'folds-as-it-goes', `${FIRST}, then for result in results: acc = add(acc, result)`]],
  },
  {
    name: 'a running total',
    cell: 'total = 0\nfor x in xs: total += f(x)',
    said: [[2, 'folds-as-it-goes', `${FIRST}, then for result in results: total += result`]],
  },
  {
    name: 'results stored under their items',
    cell: 'd = {}\nfor x in xs:\n    d[x] = f(x)',
    said: [
      [2, 'folds-as-it-goes', `${FIRST}, then loop over zip(xs, results) with the result in place of f(x)`],
    ],
  },
  {
    name: 'a dict comprehension',
    cell: '{x: f(x) for x in xs}',
    said: [[1, 'dict-comprehension', `${FIRST}, then make the dict from zip(xs, results)`]],
  },
  {
    name: 'a set comprehension',
    cell: '{f(x) for x in xs}',
    said: [[1, 'set-comprehension', `${FIRST}, then set(results)`]],
  },
  {
    name: 'a generator expression',
    cell: 'sum(f(x) for x in xs)',
    said: [[1, 'generator-expression', 'write it in square brackets: [f(x) for x in xs]']],
  },
  {
    name: 'a call inside a larger expression',
    cell: '[f(x) + 1 for x in xs]',
    said: [[1, 'call-in-expression', `${FIRST}, then compute the rest from results`]],
  },
  {
    name: 'a call of another function around it',
    cell: '[abs(f(x)) for x in xs]',
    said: [[1, 'call-in-expression', `${FIRST}, then compute the rest from results`]],
  },
  {
    name: 'a while loop',
    cell: 'i = 0\nwhile i < 5:\n    i += f(1)',
    said: [
      [
        2,
        'while-loop',
        'where the items are known beforehand, write results = [f(x) for x in items] before the loop',
      ],
    ],
  },
  {
    name: 'a reduction of a generator',
    cell: 'functools.reduce(add, (f(x) for x in xs))',
    said: [[1, 'generator-expression', 'write it in square brackets: [f(x) for x in xs]']],
  },
  {
    name: 'a reduction of map() without list()',
    cell: 'functools.reduce(add, map(f, xs))',
    said: [[1, 'map-without-list', 'write list(map(f, xs))']],
  },
  {
    name: 'a reduction without a map',
    cell: 'functools.reduce(add, xs)',
    said: [
      [
        1,
        'reduction-at-home',
        'where making the elements takes long, put that into a function f under @cellfarm.map and reduce [f(x) for x in xs]',
      ],
    ],
  },
  {
    name: 'rounds that need the one before',
    cell: 'x = 1\nfor _ in range(3):\n    x = f(x)',
    said: [
      [
        2,
        'needs-round-before',
        'each call needs the result of the one before; give f something that does not depend on x to have calls side by side',
      ],
    ],
  },
  {
    name: 'an argument that the body makes',
    cell: 'for x in xs:\n    y = x + 1\n    print(f(y))',
    said: [
      [
        1,
        'argument-made-in-body',
        'make the list of all y first, then write results = [f(y) for y in that list]',
      ],
    ],
  },
  {
    name: 'a call that some rounds leave out',
    cell: 'for x in xs:\n    if x > 2:\n        print(f(x))',
    said: [
      [
        1,
        'conditional-call',
        'make the list of items that are wanted first, then write results = [f(x) for x in items]',
      ],
    ],
  },
  {
    name: 'a body that does more',
    cell: 'out = []\nfor x in xs:\n    print(x)\n    out.append(f(x))',
    said: [[2, 'loop-body', `${FIRST}, then loop over zip(xs, results) with the result in place of f(x)`]],
  },
  {
    name: 'a loop inside a function',
    cell: 'def run(zs):\n    return [f(z) for z in zs]\nrun(xs)',
    said: [
      [2, 'inside-function', 'move the loop over f to the top level of a cell and give its results to run'],
    ],
  },
  {
    name: 'a function given to something that calls it',
    cell: 'import pandas as pd\npd.Series(xs).apply(f)',
    said: [[2, 'called-by-another', 'write results = [f(x) for x in xs] and go on with results']],
  },
];

describe('a loop over a marked function in another shape', () => {
  it.each(ROWS)('$name', ({ cell, said }) => {
    const graph = graphOf([HEAD, cell]);
    expect(graph.loops.map(({ line, reason, fix }) => [line, reason.code, fix])).toEqual(said);
    expect(graph.loops.every(({ verdict }) => verdict === 'sequential')).toBe(true);
  });

  it('says what would be handed out', () => {
    const [loop] = graphOf([HEAD, 'total = 0\nfor x in xs: total += f(x)']).loops;
    expect(loop?.reason.text).toContain('[f(x) for x in xs], list(map(f, xs)), and a for loop');
  });

  it('is a remark that a run does not tell', () => {
    const { diagnostics } = graphOf([HEAD, '{x: f(x) for x in xs}']);
    expect(diagnostics).toMatchObject([{ code: 'C2103', severity: 'info', cell: 1, line: 1 }]);
    expect(diagnostics[0]?.hint).toMatch(/^Write results = .*\.$/);
  });
});

describe('nothing is said of', () => {
  it.each([
    ['a shape that is handed out', 'r = [f(x) for x in xs]'],
    ['a reduction of what a map gave', 'r = [f(x) for x in xs]\ntotal = functools.reduce(add, r)'],
    ['a reduction around a map', 'total = functools.reduce(add, [f(x) for x in xs])'],
    ['a loop over what one call gives', 'for y in f(xs): print(y)'],
    ['a name in a function that is another', 'def g(f): return {f(x) for x in xs}'],
  ])('%s', (_name, cell) => {
    const { loops, diagnostics } = graphOf([HEAD, cell]);
    expect(loops.filter(({ verdict }) => verdict === 'sequential')).toEqual([]);
    expect(diagnostics).toEqual([]);
  });
});
