import { describe, expect, it } from 'vitest';
import { compiled, graphOf, type CellSketch } from './support/notebooks.js';

const HEAD = 'import cellfarm as cf\nimport random\nimport numpy as np\n';

function mapped(body: string): string {
  return `${HEAD}@cf.map\n${body}`;
}

interface Row {
  readonly name: string;
  readonly cells: readonly CellSketch[];
  /** `parallel proved`, or the code of the refusal, for each loop in order. */
  readonly verdicts: readonly string[];
}

const LOOP = 'r = [f(x) for x in xs]';
const PURE = 'def f(x): return x * 2';

const ROWS: readonly Row[] = [
  {
    name: 'a comprehension over a mapped function',
    cells: [mapped(PURE), 'xs = [1, 2]', LOOP],
    verdicts: ['parallel proved'],
  },
  {
    name: 'list(map(f, xs))',
    cells: [mapped(PURE), 'r = list(map(f, [1, 2]))'],
    verdicts: ['parallel proved'],
  },
  {
    name: 'an append loop',
    cells: [mapped(PURE), 'out = []\nfor x in range(3):\n    out.append(f(x))'],
    verdicts: ['parallel proved'],
  },
  {
    name: 'an append loop that keeps the item beside the result',
    cells: [mapped(PURE), 'out = []\nfor x in range(3):\n    out.append((x, f(x)))'],
    verdicts: ['parallel proved'],
  },
  {
    name: 'a loop inside if, for, with and try',
    cells: [
      mapped(PURE),
      'for k in range(2):\n  if k:\n    try:\n      with open("a") as h:\n        r = [f(x) for x in [1]]\n    finally: pass',
    ],
    verdicts: ['parallel proved'],
  },
  {
    name: 'the role map without a decorator',
    cells: [{ source: 'r = [x * 2 + 1 for x in range(3)]', cellfarm: { role: 'map' } }],
    verdicts: ['parallel proved'],
  },
  {
    name: 'a decorator under another name',
    cells: ['from cellfarm import map as spread\n@spread\ndef f(x): return x', 'r = [f(x) for x in [1]]'],
    verdicts: ['parallel proved'],
  },
  {
    name: 'a decorator over a known one',
    cells: [
      `${HEAD}from functools import lru_cache\n@cf.map\n@lru_cache\ndef f(x): return x`,
      'r = [f(x) for x in [1]]',
    ],
    verdicts: ['parallel proved'],
  },
  {
    name: 'a claim written as a call',
    cells: [`${HEAD}f = cf.map(lambda x: x + 1)`, 'r = [f(x) for x in [1]]'],
    verdicts: ['parallel proved'],
  },
  {
    name: 'a function of a library that is not known',
    cells: [`${HEAD}import foo\n@cf.map\ndef f(x):\n  return foo.bar(x).baz()`, 'r = [f(x) for x in [1]]'],
    verdicts: ['parallel asserted'],
  },
  {
    name: 'a local list that is filled',
    cells: [
      mapped('def f(x):\n  out = []\n  for a in x:\n    out.append(a * 2)\n  return out'),
      'xs = [[1], [2]]',
      LOOP,
    ],
    verdicts: ['parallel asserted'],
  },
  {
    name: 'a generator of its own',
    cells: [
      mapped('def f(x):\n  g = np.random.default_rng(x)\n  return g.normal()'),
      'r = [f(x) for x in [1]]',
    ],
    verdicts: ['parallel proved'],
  },
  {
    name: 'printing',
    cells: [mapped('def f(x):\n  print(x)\n  return x'), 'r = [f(x) for x in [1]]'],
    verdicts: ['parallel proved'],
  },
  {
    name: 'reading a file',
    cells: [mapped('def f(x):\n  return open("a").read()'), 'r = [f(x) for x in [1]]'],
    verdicts: ['parallel proved'],
  },
  { name: 'nothing asked for', cells: [PURE, 'r = [f(x) for x in [1]]'], verdicts: ['not-tagged'] },
  {
    name: 'a decorator hidden under an unknown one',
    cells: [`${HEAD}import w\n@w.deco\n@cf.map\ndef f(x): return x`, 'r = [f(x) for x in [1]]'],
    verdicts: ['not-tagged'],
  },
  {
    name: 'the global random state',
    cells: [mapped('def f(x): return x + random.random()'), 'r = [f(x) for x in [1]]'],
    verdicts: ['draws-random-numbers'],
  },
  {
    name: "numpy's global random state, two calls deep",
    cells: [mapped('def f(x): return g(x)'), 'def g(x): return np.random.rand()', 'r = [f(x) for x in [1]]'],
    verdicts: ['draws-random-numbers'],
  },
  {
    name: 'a global that is bound',
    cells: [mapped('def f(x):\n  global n\n  n = x'), 'r = [f(x) for x in [1]]'],
    verdicts: ['binds-global'],
  },
  {
    name: 'an argument that is changed',
    cells: [mapped('def f(x):\n  x[0] = 1\n  return x'), 'r = [f(x) for x in [[1]]]'],
    verdicts: ['changes-argument'],
  },
  {
    name: 'a shared object that is changed',
    cells: [mapped('def f(x):\n  cache[x] = 1\n  return x'), 'cache = {}', 'r = [f(x) for x in [1]]'],
    verdicts: ['changes-shared'],
  },
  {
    name: 'a figure that is drawn on',
    cells: [
      `${HEAD}import matplotlib.pyplot as plt\n@cf.map\ndef f(x):\n  plt.plot(x)`,
      'r = [f(x) for x in [1]]',
    ],
    verdicts: ['changes-shared'],
  },
  {
    name: 'a file that is written',
    cells: [mapped('def f(x):\n  open("a", "w").write("x")'), 'r = [f(x) for x in [1]]'],
    verdicts: ['writes-files'],
  },
  {
    name: 'another process',
    cells: [mapped('def f(x):\n  import subprocess\n  subprocess.run(["ls"])'), 'r = [f(x) for x in [1]]'],
    verdicts: ['changes-process'],
  },
  {
    name: 'a question to the user',
    cells: [mapped('def f(x): return input()'), 'r = [f(x) for x in [1]]'],
    verdicts: ['reads-stdin'],
  },
  {
    name: 'the list that is being filled',
    cells: [mapped('def f(x): return len(out) + x'), 'out = []\nfor x in range(3):\n    out.append(f(x))'],
    verdicts: ['reads-accumulator'],
  },
  {
    name: 'the list that is being filled, under another name',
    cells: [
      mapped('def f(x): return len(o2) + x'),
      'out = []\no2 = out\nfor x in range(3):\n    out.append(f(x))',
    ],
    verdicts: ['reads-accumulator'],
  },
  {
    name: 'the list that is being filled, inside another object',
    cells: [
      mapped('def f(x): return len(box["k"]) + x'),
      'out = []\nbox = {"k": out}\nfor x in range(3):\n    out.append(f(x))',
    ],
    verdicts: ['reads-accumulator'],
  },
  {
    name: 'results that may share with what is read',
    cells: [
      `${HEAD}import foo\nmodel = foo.Model()\n@cf.map\ndef f(x): return model.part(x)`,
      'out = []\nfor x in [[1]]:\n    out.append(f(x))',
    ],
    verdicts: ['parallel asserted'],
  },
  {
    name: 'something to append to that is no list',
    cells: [mapped(PURE), 'import foo\nout = foo.Thing()', 'for x in range(3):\n    out.append(f(x))'],
    verdicts: ['not-a-list'],
  },
  { name: 'a filter', cells: [mapped(PURE), 'r = [f(x) for x in [1] if x]'], verdicts: ['filtered'] },
  {
    name: 'two fors in one comprehension',
    cells: [mapped(PURE), 'r = [f(x) for y in [[1]] for x in y]'],
    verdicts: ['nested-loops'],
  },
  {
    name: 'an await',
    cells: [mapped('async def f(x): return x'), 'r = [await f(x) for x in [1]]', 'r = [f(x) for x in [1]]'],
    verdicts: ['gives-coroutine'],
  },
  {
    name: 'a generator function',
    cells: [mapped('def f(x): yield x'), 'r = [f(x) for x in [1]]'],
    verdicts: ['gives-generator'],
  },
  {
    name: 'a walrus in the element',
    cells: [{ source: 'r = [(y := x) for x in [1]]', cellfarm: { role: 'map' } }],
    verdicts: ['element-binds'],
  },
  {
    name: 'a loop with an else',
    cells: [mapped(PURE), 'out = []\nfor x in [1]:\n    out.append(f(x))\nelse: pass'],
    verdicts: ['loop-else'],
  },
  {
    name: 'a longer body',
    cells: [{ source: 'out = []\nfor x in [1]:\n    y = x\n    out.append(y)', cellfarm: { role: 'map' } }],
    verdicts: ['loop-form'],
  },
  {
    name: 'a cell magic around it',
    cells: [mapped(PURE), '%%time\nr = [f(x) for x in [1]]'],
    verdicts: ['inside-cell-magic'],
  },
  {
    name: 'a cell that is not understood',
    cells: [mapped(PURE), 'globals()\nr = [f(x) for x in [1]]'],
    verdicts: ['opaque-cell'],
  },
  {
    name: 'the role sequential',
    cells: [mapped(PURE), { source: 'r = [f(x) for x in [1]]', cellfarm: { role: 'sequential' } }],
    verdicts: ['role-sequential'],
  },
  {
    name: 'list under another meaning',
    cells: [mapped(PURE), 'list = tuple', 'r = list(map(f, [1]))'],
    verdicts: ['map-without-list'],
  },
  {
    name: 'a loop inside a function',
    cells: [mapped(PURE), 'def g(): return [f(x) for x in [1]]\ng()'],
    verdicts: ['inside-function'],
  },
];

describe('loops', () => {
  it.each(ROWS)('$name', ({ cells, verdicts }) => {
    const { loops, tasks, diagnostics } = graphOf(cells);
    const found = loops.map((loop) =>
      loop.verdict === 'parallel' ? `parallel ${loop.confidence}` : loop.reason.code,
    );
    expect(found.slice(-verdicts.length || undefined)).toEqual(verdicts);
    expect(tasks.filter((task) => task.skeleton === 'map')).toHaveLength(
      loops.filter((loop) => loop.verdict === 'parallel').length,
    );
    const refused = loops.filter(
      (loop) => loop.verdict === 'sequential' && loop.reason.code !== 'not-tagged',
    );
    expect(diagnostics.filter(({ code }) => code === 'C2103')).toHaveLength(refused.length);
  });

  it('describes a loop by its place in the tree that IPython compiles', () => {
    const { plans } = compiled([mapped(PURE), '\n\né = 1; r = [f(x) for x in [1]]']);
    expect(plans[1]?.loops).toEqual([
      {
        task: 'c1.m0',
        form: 'comprehension',
        span: { line: 1, column: 12, endLine: 1, endColumn: 31 },
        element: { line: 1, column: 13, endLine: 1, endColumn: 17 },
        reads: ['f'],
        accumulators: [],
      },
    ]);
  });

  it('names everything that an element reads, through all functions it calls', () => {
    const { plans } = compiled([
      `${HEAD}K = 1\ndef h(a): return a + K\n@cf.map\ndef f(x, k): return h(x) + Z + k`,
      'Z = 1; m = 2',
      'r = [f(x, m) for x in [1]]',
    ]);
    expect(plans[2]?.loops[0]?.reads).toEqual(['K', 'Z', 'f', 'h', 'm']);
  });

  it('gives a map the target and resources of its decorator, and its cell as the join', () => {
    const graph = graphOf([
      `${HEAD}@cf.map(target="gpu", cpus=2)\ndef f(x): return x`,
      'xs = [1]',
      'r = [f(x) for x in xs]',
    ]);
    expect(graph.tasks.find(({ id }) => id === 'c2.m0')).toEqual({
      id: 'c2.m0',
      cells: [2],
      skeleton: 'map',
      place: 'away',
      role: 'map',
      target: 'gpu',
      resources: { cpus: 2 },
      over: 'xs',
    });
    expect(
      graph.edges
        .filter(({ from, to }) => from === 'c2.m0' || to === 'c2.m0')
        .map(({ from, to }) => `${from}->${to}`),
    ).toEqual(['c0->c2.m0', 'c1->c2.m0', 'c2.m0->c2']);
  });

  it('takes tags from a %%cellfarm line', () => {
    const graph = graphOf(['def f(x): return x', '%%cellfarm role=map cpus=2\nr = [f(x) for x in [1]]']);
    expect(graph.tasks.find(({ skeleton }) => skeleton === 'map')?.resources).toEqual({ cpus: 2 });
  });

  it('finds the reduce after a map, by role, by decorator and around the map itself', () => {
    const graph = graphOf([
      `${HEAD}@cf.map\ndef f(x): return x\n@cf.reduce\ndef add(a): return sum(a)`,
      'r = [f(x) for x in [1]]',
      't = add(r)',
      'u = add([f(x) for x in [1]])',
      { source: 'v = max(r)', cellfarm: { role: 'reduce' } },
      'w = max(r)',
    ]);
    expect(graph.tasks.filter(({ skeleton }) => skeleton === 'map-reduce').map(({ id }) => id)).toEqual([
      'c2',
      'c3',
      'c4',
    ]);
  });

  it('says which cell holds the loop when the role is with the definition', () => {
    const graph = graphOf([
      { source: 'def f(x): return x', cellfarm: { role: 'map' } },
      'x = 1\nr = [f(x) for x in range(4)]',
    ]);
    expect(graph.diagnostics.find(({ code }) => code === 'C2105')?.hint).toBe(
      'The loop over f is in cell 1, line 2: give that cell the role, or decorate f with @cellfarm.map.',
    );
  });

  it('says when a role changes nothing', () => {
    const graph = graphOf([
      { source: 'x = 1', cellfarm: { role: 'map' } },
      { source: 'y = 1', cellfarm: { role: 'reduce' } },
    ]);
    expect(graph.diagnostics.map(({ code, cell }) => `${code} ${String(cell)}`)).toEqual([
      'C2105 0',
      'C2105 1',
    ]);
  });
});
