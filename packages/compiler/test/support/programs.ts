// Programs that run without any library: what really happens in them is compared with what the compiler finds.

export interface Program {
  readonly name: string;
  readonly cells: readonly string[];
}

export const PROGRAMS: readonly Program[] = [
  { name: 'augmented assignment through an alias', cells: ['a = b = [1]', 'a += [2]', 'b'] },
  {
    name: 'nested containers',
    cells: ['a = [1]; d = {"k": a}', 'd["k"].append(2)', 'for k in d: d[k].append(3)', 'a'],
  },
  {
    name: 'a function that returns its argument',
    cells: ['def same(x): return x', 'a = [1]\nb = same(a)', 'b.append(2)'],
  },
  {
    name: 'a function that keeps its argument in a global',
    cells: ['kept = []\ndef keep(x): kept.append(x)', 'a = [1]\nkeep(a)', 'kept[0].append(2)', 'a'],
  },
  {
    name: 'a default value that is shared',
    cells: ['def f(x, seen=[]):\n  seen.append(x)\n  return seen', 'r = f(1)', 'f(2)', 'r'],
  },
  {
    name: 'closures over a local',
    cells: [
      'def counter():\n  n = 0\n  def step():\n    nonlocal n\n    n += 1\n    return n\n  return step',
      's = counter()',
      'x = s()',
      'y = s()',
    ],
  },
  {
    name: 'closures over a list',
    cells: [
      'def maker(xs):\n  def add(x):\n    xs.append(x)\n  return add',
      'ys = []\nadd = maker(ys)',
      'add(1)',
      'ys',
    ],
  },
  {
    name: 'methods, inheritance and super',
    cells: [
      'LOG = []',
      'class A:\n  def __init__(self, x): self.x = [x]\n  def go(self):\n    LOG.append(self.x)\nclass B(A):\n  def __init__(self, x):\n    super().__init__(x)\n  def go(self):\n    super().go()\n    self.x.append(1)',
      'b = B(1)',
      'b.go()',
      'LOG[0].append(2)',
      'b.x',
    ],
  },
  {
    name: 'class attributes',
    cells: [
      'class A:\n  n = 0\n  xs = []\n  @classmethod\n  def up(cls): cls.n += 1\n  @staticmethod\n  def add(x): A.xs.append(x)',
      'a = A(); b = A()',
      'a.up()',
      'A.add(1)',
      'b.n, b.xs',
    ],
  },
  {
    name: 'properties and operators',
    cells: [
      'K = [0]',
      'class V:\n  def __init__(self): self.v = 1\n  @property\n  def p(self):\n    K.append(1)\n    return self.v\n  def __add__(self, o):\n    K.append(2)\n    return self\n  def __len__(self):\n    K.append(3)\n    return 1\n  def __iter__(self):\n    K.append(4)\n    return iter([1])\n  def __repr__(self):\n    K.append(5)\n    return "v"',
      'v = V()',
      'v.p',
      'w = v + v',
      'len(v)',
      'list(v)',
      'str(v)',
      'w.v = 3',
    ],
  },
  {
    name: 'generators consumed later',
    cells: [
      'xs = [1, 2]\nout = []\ndef g():\n  for x in xs:\n    out.append(x)\n    yield x',
      'it = g()',
      'xs = [3]',
      'next(it)',
      'list(it)',
      'out',
    ],
  },
  {
    name: 'map and filter consumed later',
    cells: [
      'seen = []\ndef f(x):\n  seen.append(x)\n  return x',
      'm = map(f, [1, 2]); k = filter(f, [3])',
      'list(m)',
      'for x in k: pass',
      'seen',
    ],
  },
  {
    name: 'sorted with a key that counts',
    cells: [
      'n = [0]\ndef key(x):\n  n[0] += 1\n  return x',
      'r = sorted([2, 1], key=key)',
      'r = max([2, 1], key=lambda x: key(x))',
    ],
  },
  {
    name: 'decorators with state',
    cells: [
      'calls = []\ndef count(f):\n  def w(*a, **k):\n    calls.append(f.__name__)\n    return f(*a, **k)\n  return w',
      '@count\ndef f(x): return x + K',
      'K = 1',
      'f(1)',
    ],
  },
  {
    name: 'globals set through calls of calls',
    cells: ['def a():\n  b()\ndef b():\n  global n\n  n = 1', 'a()', 'n'],
  },
  {
    name: 'branches, loops and else',
    cells: [
      'x = 0; c = [1]',
      'if c:\n  x = 1\nelse:\n  y = 2',
      'for i in c:\n  z = i\n  if i: break\nelse:\n  w = 1',
      'while x:\n  x -= 1\n  q = x',
      'x, z, q, i',
    ],
  },
  {
    name: 'try, with and del',
    cells: [
      'log = []\nclass C:\n  def __enter__(self):\n    log.append(1)\n    return log\n  def __exit__(self, *a):\n    log.append(2)\n    return True',
      'with C() as l:\n  l.append(3)\n  x = 1\n  1 / 0\n  y = 2',
      'try:\n  z = x\n  y\nexcept NameError as e:\n  z = 2\nfinally:\n  log.append(4)',
      'del z',
      'log',
    ],
  },
  {
    name: 'patterns',
    cells: [
      'p = {"k": [1], "r": 2}',
      'match p:\n  case {"k": [a, *b], **rest} if a: c = a\n  case _: d = 1',
      'rest, b, c',
    ],
  },
  {
    name: 'walrus and comprehensions',
    cells: [
      'xs = [1, 2]',
      'ys = [(last := x) for x in xs if (n := x)]',
      'zs = {k: [v for v in xs] for k in xs}',
      'zs[1].append(last)',
      'n',
    ],
  },
  {
    name: 'starred targets and arguments',
    cells: [
      'xs = [[1], [2], [3]]',
      'a, *b = xs',
      'b[0].append(9)',
      'def f(*args, **kw):\n  args[0].append(1)\n  kw["z"].append(2)',
      'f(*xs, z=a)',
      'xs',
    ],
  },
  {
    name: 'functions in containers',
    cells: [
      'acts = {}\nout = []',
      'def one(): out.append(1)\nacts["one"] = one',
      'acts["two"] = lambda: out.append(T)',
      'T = 2',
      'for act in acts.values(): act()',
      'out',
    ],
  },
  {
    name: 'attributes that hold functions',
    cells: ['class Box: pass\nb = Box()\nlog = []', 'def cb(x): log.append(x)\nb.cb = cb', 'b.cb(1)', 'log'],
  },
  {
    name: 'monkeypatched methods',
    cells: [
      'log = []\nclass A:\n  def f(self): return 1',
      'a = A()\ndef g(self):\n  log.append(1)\n  return 2',
      'A.f = g',
      'a.f()',
      'log',
    ],
  },
  {
    name: 'function attributes',
    cells: ['def f():\n  f.n += 1\n  return f.n\nf.n = 0', 'f()', 'g = f\ng.n = 5', 'f.n'],
  },
  {
    name: 'partial application',
    cells: [
      'from functools import partial, reduce\nacc = []\ndef add(xs, x):\n  xs.append(x)\n  return xs',
      'p = partial(add, acc)',
      'p(1)',
      'r = reduce(add, [1, 2], acc)',
      'r.append(3)',
      'acc',
    ],
  },
  {
    name: 'copies, shallow and deep',
    cells: [
      'import copy\na = [[1]]',
      'b = list(a); c = copy.copy(a); d = copy.deepcopy(a); e = a[:]; f = a + []',
      'b[0].append(2)',
      'd[0].append(3)',
      'e[0].append(4); f[0].append(5)',
      'a',
    ],
  },
  {
    name: 'dict views and setdefault',
    cells: ['d = {}', 'd.setdefault("k", []).append(1)', 'vs = list(d.values())', 'vs[0].append(2)', 'd'],
  },
  {
    name: 'default dictionaries',
    cells: [
      'from collections import defaultdict\nd = defaultdict(list)',
      'd["a"]',
      'd["b"].append(1)',
      'len(d)',
    ],
  },
  {
    name: 'iterators that move on',
    cells: ['it = iter([1, 2, 3])', 'a = next(it)', 'for x in it: break', 'rest = list(it)'],
  },
  {
    name: 'recursion that changes its argument',
    cells: [
      'def fill(xs, n):\n  if n:\n    xs.append(n)\n    fill(xs, n - 1)',
      'a = []',
      'fill(a, 3)',
      'def swap(p, q, n):\n  if n: return swap(q, p, n - 1)\n  p.append(1)',
      'b = []; c = []\nswap(b, c, 1)',
      'c',
    ],
  },
  {
    name: 'data classes',
    cells: [
      'from dataclasses import dataclass, field\n@dataclass\nclass P:\n  xs: list\n  ys: list = field(default_factory=list)',
      'a = [1]\np = P(a)',
      'p.xs.append(2)',
      'p.ys.append(3)',
      'a',
    ],
  },
  {
    name: 'named tuples',
    cells: [
      'from collections import namedtuple\nP = namedtuple("P", "x y")',
      'a = [1]\np = P(a, 2)',
      'p.x.append(3)',
      'x, y = p',
      'x.append(4)',
    ],
  },
  { name: 'exec of a literal', cells: ['a = [1]', 'exec("a.append(2); b = a")', 'b.append(3)'] },
  {
    name: 'setattr and getattr by literal names',
    cells: ['class A: pass\na = A(); xs = []', 'setattr(a, "xs", xs)', 'getattr(a, "xs").append(1)', 'xs'],
  },
  {
    name: 'lambdas with defaults',
    cells: ['fs = [lambda i=i: i + K for i in range(3)]', 'K = 1', 'r = [f() for f in fs]'],
  },
  {
    name: 'a contextmanager written as a generator',
    cells: [
      'from contextlib import contextmanager\nlog = []\n@contextmanager\ndef cm():\n  log.append(1)\n  yield log\n  log.append(2)',
      'with cm() as l:\n  l.append(3)',
      'log',
    ],
  },
  {
    name: 'global code in a class body',
    cells: ['n = 1\nclass A:\n  global made\n  made = n\n  def f(self): return made', 'A().f()', 'made'],
  },
  {
    name: 'private names',
    cells: [
      'class A:\n  def __init__(self): self.__xs = []\n  def add(self): self.__xs.append(_A__k)',
      '_A__k = 1',
      'a = A()',
      'a.add()',
    ],
  },
  {
    name: 'containers made from keyword arguments',
    cells: ['a = [1]', 'b = dict(k=a)["k"]', 'b.append(2)', 'c = max([[0]], [[1]], key=lambda q: len(a))'],
  },
];
