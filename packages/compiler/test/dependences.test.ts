import { describe, expect, it } from 'vitest';
import { arrows, graphOf, type CellSketch } from './support/notebooks.js';

interface Row {
  readonly name: string;
  readonly cells: readonly CellSketch[];
  /** Every dependence between cells, the document's order left out. */
  readonly arrows: readonly string[];
  /** `cell index -> facts` for those worth a look. */
  readonly reads?: Readonly<Record<number, readonly string[]>>;
  readonly writes?: Readonly<Record<number, readonly string[]>>;
  readonly mutates?: Readonly<Record<number, readonly string[]>>;
}

const ROWS: readonly Row[] = [
  {
    name: 'an augmented assignment reads and binds its name',
    cells: ['x=1', 'x+=1', 'print(x)'],
    arrows: ['c0->c1', 'c1->c2'],
    reads: { 1: ['x'] },
    writes: { 1: ['x'] },
  },
  {
    name: 'a loop over a name that it rebinds reads it first',
    cells: ['x=[1]', 'for x in x: pass', 'x'],
    arrows: ['c0->c1', 'c0->c2', 'c1->c2'],
    reads: { 1: ['x'] },
    writes: { 1: ['x'] },
  },
  {
    name: 'a comprehension binds nothing outside itself',
    cells: ['x=[1, 2]', 'y=[x for x in x]', 'x'],
    arrows: ['c0->c1', 'c0->c2'],
    writes: { 1: ['y'] },
  },
  {
    name: 'a default value is read when the function is defined',
    cells: ['x=1', 'def f(x=x): return x', 'x=2', 'f()'],
    arrows: ['c0->c1', 'c1->c3'],
    reads: { 1: ['x'], 3: ['f'] },
  },
  {
    name: "a function's free names are read by the cell that calls it",
    cells: ['def f(): return g', 'g=1', 'f()'],
    arrows: ['c0->c2', 'c1->c2'],
    reads: { 0: [], 2: ['f', 'g'] },
  },
  {
    name: 'a function sees the version that is live at the call',
    cells: ['g=1', 'def f(): return g', 'g=2', 'f()'],
    arrows: ['c1->c3', 'c2->c3'],
  },
  {
    name: 'a global statement makes the call bind the name',
    cells: ['def f():\n global n\n n=1', 'f()', 'print(n)'],
    arrows: ['c0->c1', 'c1->c2'],
    writes: { 1: ['n'] },
  },
  {
    name: 'calls that count up a global are a chain',
    cells: ['n=0', 'def f():\n global n\n n+=1', 'f()', 'f()', 'n'],
    arrows: ['c0->c2', 'c1->c2', 'c1->c3', 'c2->c3', 'c3->c4'],
  },
  {
    name: 'a method that changes a list is a change of its name',
    cells: ['xs=[]', 'xs.append(1)', 'print(xs)'],
    arrows: ['c0->c1', 'c1->c2'],
    mutates: { 1: ['xs'] },
  },
  {
    name: 'names of one object are changed together',
    cells: ['a=[]; b=a', 'b.append(1)', 'print(a)'],
    arrows: ['c0->c1', 'c1->c2'],
    mutates: { 1: ['a', 'b'] },
  },
  {
    name: 'a reader before a change in place comes first',
    cells: ['xs=[]', 'y=len(xs)', 'xs.append(1)'],
    arrows: ['c0->c1', 'c0->c2', 'c1->c2'],
  },
  {
    name: 'a copy of a data frame and a drop do not change it',
    cells: [
      "import pandas as pd\ndf=pd.read_csv('a.csv')",
      "df['k']=1",
      'df2=df.copy()',
      "df.drop('k', axis=1)",
      'df',
    ],
    arrows: ['c0->c1', 'c1->c2', 'c1->c3', 'c1->c4'],
  },
  {
    name: 'inplace=True changes the data frame',
    cells: ["import pandas as pd\ndf=pd.read_csv('a.csv')", "df.sort_values('x', inplace=True)", 'df'],
    arrows: ['c0->c1', 'c1->c2'],
    mutates: { 1: ['df'] },
  },
  {
    name: 'an inplace that is no literal may change the data frame',
    cells: ["import pandas as pd\ndf=pd.read_csv('a.csv'); b=bool(1)", 'df.dropna(inplace=b)', 'df'],
    arrows: ['c0->c1', 'c1->c2'],
    mutates: { 1: ['df'] },
  },
  {
    name: 'fit changes a model and predict does not',
    cells: [
      'from sklearn.cluster import KMeans\nX=[[1]]; Y=[[2]]',
      'm=KMeans(random_state=0)',
      'm.fit(X)',
      'a=m.predict(Y)',
      'b=m.predict(Y)',
    ],
    arrows: ['c0->c1', 'c0->c2', 'c0->c3', 'c0->c4', 'c1->c2', 'c2->c3', 'c2->c4'],
    mutates: { 2: ['m'], 3: [], 4: [] },
  },
  {
    name: 'rebinding a parameter changes nothing outside',
    cells: ['def h(l):\n  l=l+[1]\n  return l', 'q=[]', 'h(q)', 'q'],
    arrows: ['c0->c2', 'c1->c2', 'c1->c3'],
    mutates: { 2: [] },
  },
  {
    name: 'a parameter that is changed is the argument',
    cells: ['def h(l):\n  l.append(1)', 'q=[]', 'h(q)', 'q'],
    arrows: ['c0->c2', 'c1->c2', 'c2->c3'],
    mutates: { 2: ['q'] },
  },
  {
    name: 'an unknown call may change its argument',
    cells: ['import foo', 'q=[]', 'foo.bar(q)', 'q'],
    arrows: ['c0->c2', 'c1->c2', 'c2->c3'],
    mutates: { 2: ['q'] },
  },
  {
    name: 'a class body reads global names',
    cells: ['x=1', 'class A: x=x', 'A.x'],
    arrows: ['c0->c1', 'c1->c2'],
    reads: { 1: ['x'] },
  },
  {
    name: 'a conditional binding leaves both versions live',
    cells: ['u=0', 'c=bool(1)', 'if c: u=1', 'u'],
    arrows: ['c0->c3', 'c1->c2', 'c2->c3'],
  },
  {
    name: 'import a.b binds a, and an alias binds only itself',
    cells: ['import os.path', 'import a.b as c', "os.path.join('a')"],
    arrows: ['c0->c2'],
    writes: { 0: ['os'], 1: ['c'] },
  },
  {
    name: 'captures of a pattern are bound',
    cells: ['s={}', 'match s:\n case {"k": a, **r}: pass', 'a'],
    arrows: ['c0->c1', 'c1->c2'],
    writes: { 1: ['a', 'r'] },
  },
  {
    name: 'attribute and subscript stores on calls read what they store into',
    cells: ['class A: pass\nx=A(); y=[[1]]', 'type(x).attr = 1', 'y[0][0] = 2', 'x, y'],
    arrows: ['c0->c1', 'c0->c2', 'c1->c3', 'c2->c3'],
  },
  {
    name: 'nested fields of a format are read',
    cells: ['v=1; w=2', 'f"{v!r:>{w}}"'],
    arrows: ['c0->c1'],
    reads: { 1: ['v', 'w'] },
  },
  {
    name: 'type parameters are no names of the notebook',
    cells: ['class B: pass', 'def f[T: B](a: T) -> T: ...', 'type X = list[Y]'],
    arrows: [],
    writes: { 1: ['f'], 2: ['X'] },
  },
  {
    name: 'a file written under one name is read after it',
    cells: [
      "t='a'",
      "with open('o.csv', 'w') as f: f.write(t)",
      "open('o.csv').read()",
      "open('b.csv').read()",
    ],
    arrows: ['c0->c1', 'c1->c2'],
  },
  {
    name: 'draws from the global generator keep their order',
    cells: ['import numpy as np\nnp.random.seed(0)', 'a=np.random.rand()', 'b=np.random.rand()'],
    arrows: ['c0->c1', 'c0->c2', 'c1->c2'],
  },
  {
    name: 'two generators are independent',
    cells: [
      'import numpy as np',
      'g=np.random.default_rng(1); h=np.random.default_rng(2)',
      'x=g.normal()',
      'y=h.normal()',
    ],
    arrows: ['c0->c1', 'c1->c2', 'c1->c3'],
  },
  {
    name: 'a slice of an array is a view',
    cells: ['import numpy as np\na=np.zeros(3)', 'v=a[1:]', 'v[0]=9', 'a'],
    arrows: ['c0->c1', 'c0->c2', 'c1->c2', 'c2->c3'],
    mutates: { 2: ['a', 'v'] },
  },
  {
    name: 'a slice of a list of numbers is a copy',
    cells: ['l=[1, 2, 3]', 'k=l[1:]', 'k[0]=9', 'l'],
    arrows: ['c0->c1', 'c0->c3', 'c1->c2'],
    mutates: { 2: ['k'] },
  },
  {
    name: 'functions that call each other make no cycle',
    cells: ['def even(n): return n == 0 or odd(n-1)', 'def odd(n): return even(n-1)', 'even(4)'],
    arrows: ['c0->c2', 'c1->c2'],
  },
  {
    name: 'a generator reads when it is consumed',
    cells: ['def g():\n  yield q', 'it=g()', 'q=1', 'list(it)'],
    arrows: ['c0->c1', 'c1->c3', 'c2->c3'],
    reads: { 1: ['g'] },
  },
  {
    name: 'a generator expression reads when it is consumed',
    cells: ['k=1\nit=(k for _ in range(2))', 'k=2', 'list(it)'],
    arrows: ['c0->c2', 'c1->c2'],
  },
  {
    name: 'redefinition makes no dependence',
    cells: ['x=1', 'print(x)', 'x=2', 'print(x)'],
    arrows: ['c0->c1', 'c2->c3'],
  },
  {
    name: 'a function kept in a container is called through it',
    cells: ['fs=[]', 'def f(): return G', 'fs.append(f)', 'G=1', 'fs[0]()'],
    arrows: ['c0->c2', 'c1->c2', 'c2->c4', 'c3->c4'],
  },
  {
    name: 'attributes of a class are shared by its instances',
    cells: [
      'class C:\n  items=[]\n  def add(self, x): self.items.append(x)',
      'c=C()',
      'd=C()',
      'c.add(1)',
      'd.items',
    ],
    arrows: ['c0->c1', 'c0->c2', 'c0->c3', 'c1->c3', 'c2->c3', 'c3->c4'],
  },
  {
    name: 'instances without shared state are apart',
    cells: [
      'class C:\n  def __init__(self): self.xs=[]\n  def add(self, x): self.xs.append(x)',
      'c=C(); d=C()',
      'c.add(1)',
      'd.xs',
    ],
    arrows: ['c0->c1', 'c1->c2', 'c1->c3'],
    mutates: { 2: ['c'] },
  },
  {
    name: 'a wrapper of a decorator reads its own names at the call',
    cells: [
      'def deco(f):\n  def w(*a):\n    return f(*a)+H\n  return w',
      '@deco\ndef f(x): return x',
      'H=1',
      'f(1)',
    ],
    arrows: ['c0->c1', 'c1->c3', 'c2->c3'],
  },
  {
    name: 'a property runs when it is read',
    cells: ['class C:\n  @property\n  def p(self): return K', 'c=C()', 'K=1', 'c.p'],
    arrows: ['c0->c1', 'c1->c3', 'c2->c3'],
  },
  {
    name: 'an operator runs the special method of a class',
    cells: ['class V:\n  def __add__(self, o): return Z', 'v=V()', 'Z=1', 'v+v'],
    arrows: ['c0->c1', 'c1->c3', 'c2->c3'],
  },
  {
    name: 'a walrus in a comprehension binds outside it',
    cells: ['ys=[(w := y) for y in [1]]', 'w'],
    arrows: ['c0->c1'],
    writes: { 0: ['w', 'ys'] },
  },
  {
    name: 'del kills a name',
    cells: ['x=1', 'del x', 'try:\n  x\nexcept NameError: pass'],
    arrows: ['c0->c1'],
  },
  {
    name: 'top-level await is analysed like a call',
    cells: ['async def f(): return G', 'G=1', 'await f()'],
    arrows: ['c0->c2', 'c1->c2'],
  },
  {
    name: 'matplotlib keeps the order of its figure and leaves the data alone',
    cells: ['import matplotlib.pyplot as plt', 'xs=[1]', 'plt.plot(xs)', 'plt.show()', 'xs'],
    arrows: ['c0->c2', 'c1->c2', 'c1->c4', 'c2->c3'],
  },
  { name: 'a shell line reads the names it interpolates', cells: ['p="."', '!ls {p}'], arrows: ['c0->c1'] },
  {
    name: '%timeit binds nothing',
    cells: ['x=1', '%timeit x=2', 'x'],
    arrows: ['c0->c2'],
    writes: { 1: [] },
  },
  { name: '%%time runs its body in the namespace', cells: ['%%time\nx=1', 'x'], arrows: ['c0->c1'] },
  { name: 'a magic inside a string is text', cells: ['s="""\n%notmagic\n"""', 's'], arrows: ['c0->c1'] },
  {
    name: 'exec of a literal is read',
    cells: ['exec("y = 2")', 'y'],
    arrows: ['c0->c1'],
    writes: { 0: ['y'] },
  },
];

describe('dependences between cells', () => {
  it.each(ROWS)('$name', ({ cells, arrows: expected, reads, writes, mutates }) => {
    const graph = graphOf(cells);
    expect(arrows(graph)).toEqual([...expected].sort());
    for (const [field, wanted] of Object.entries({ reads, writes, mutates })) {
      for (const [index, names] of Object.entries(wanted ?? {})) {
        const facts = graph.cells[Number(index)];
        expect(facts?.[field as 'reads'], `${field} of cell ${index}`).toEqual([...names].sort());
      }
    }
  });

  it('names the version that an edge carries, and the line that reads it', () => {
    const edge = graphOf(['x=1', 'x=2', 'y=0\nprint(x)']).edges.find(({ kind }) => kind === 'data');
    expect(edge).toMatchObject({ from: 'c1', to: 'c2', kind: 'data', names: ['x@1'], confidence: 'proved' });
    expect(edge?.reasons).toEqual([
      { code: 'reads', cell: 2, line: 2, text: 'reads x: bound in cell 1 line 1' },
    ]);
  });

  it('says of a change that is only possible that it is guarded', () => {
    const graph = graphOf(['import foo\nq=[]', 'foo.bar(q)', 'q']);
    expect(graph.edges.find(({ from, to }) => from === 'c1' && to === 'c2')).toMatchObject({
      kind: 'region',
      confidence: 'guarded',
    });
  });

  it('gives the same graph each time', () => {
    const cells = ROWS.flatMap((row) => row.cells);
    expect(graphOf(cells)).toEqual(graphOf(cells));
  });
});
