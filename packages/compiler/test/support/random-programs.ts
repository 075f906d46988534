// Random programs over a few names that share lists, dictionaries, instances and functions: each seed gives the same ones.
import type { Program } from './programs.js';

const NAMES = ['a', 'b', 'c', 'd'];
const FUNCTIONS = ['f', 'g', 'h'];

const HEAD = `class C:
  def __init__(self, v): self.v = v
  def put(self, x):
    self.v = [self.v, x]
    return self
class M:
  def __init__(self, v): self.v = v
  def __enter__(self): return self.v
  def __exit__(self, *rest):
    if isinstance(self.v, list): self.v.append(0)
def size(x): return len(str(type(x)))
a = [1]; b = a; c = [[2], a]; d = C(a)
def f(x): return x
def g(x):
  if isinstance(x, list): x.append(1)
  return x
def h(x): return [c, x]`;

class Writer {
  constructor(private state: number) {}

  private next(): number {
    this.state = (Math.imul(this.state, 1103515245) + 12345) & 0x7fffffff;
    return this.state / 0x7fffffff;
  }

  private pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.next() * choices.length)];
    if (choice === undefined) throw new RangeError('nothing to pick from');
    return choice;
  }

  private name(): string {
    return this.pick(NAMES);
  }

  private expression(depth: number): string {
    const name = this.name();
    if (depth <= 0) return this.pick([name, name, '1', '[1]', `[${name}]`]);
    const inner = (): string => this.expression(depth - 1);
    return this.pick([
      () => `[${inner()}, ${inner()}]`,
      () => `{"k": ${inner()}}`,
      () => `(${inner()} if size(${name}) > 14 else ${inner()})`,
      () => `${this.pick(FUNCTIONS)}(${inner()})`,
      () => `list(${name} if isinstance(${name}, list) else [${name}])`,
      () => `(${name}[0] if isinstance(${name}, list) and ${name} else ${inner()})`,
      () => `[${name} for ${name} in [${inner()}]]`,
      () => `(lambda v, w=${name}: w)(${inner()})`,
      () => `max([${this.expression(0)}], key=lambda q: size(${name}))`,
      () => `(${this.name()} := ${inner()})`,
      () => `C(${inner()})`,
      () => `getattr(${name}, "v", ${name})`,
      () => `next(iter([${inner()}]))`,
      () => `list(map(${this.pick(FUNCTIONS)}, [${inner()}]))`,
      () => `dict(k=${name})["k"]`,
      () => `sorted([${name}], key=lambda z: 0)[0]`,
    ])();
  }

  private statement(): string {
    const name = this.name();
    return this.pick([
      () => `${name} = ${this.expression(2)}`,
      () => `${name} = ${this.expression(1)}`,
      () => `if isinstance(${name}, list): ${name}.append(${this.expression(1)})`,
      () => `if isinstance(${name}, list) and ${name}: ${name}[0] = ${this.expression(1)}`,
      () => `if isinstance(${name}, list): ${name} += [${this.expression(0)}]`,
      () => `for ${this.name()} in [${this.expression(1)}]: ${this.name()} = ${this.expression(1)}`,
      () => `if hasattr(${name}, "v"): ${name}.v = ${this.expression(1)}`,
      () => `if hasattr(${name}, "put"): ${name}.put(${this.expression(1)})`,
      () => `try: ${this.name()} = ${this.expression(1)}[0]\nexcept Exception: pass`,
      () => `${name}, ${this.name()} = [${this.expression(1)}, ${this.expression(1)}]`,
      () => `with M(${name}) as ${this.name()}: ${this.name()} = ${this.expression(1)}`,
      () =>
        `def ${this.pick(FUNCTIONS)}(x, y=${name}):\n  if isinstance(x, list): x.append(y)\n  return ${this.pick(['x', 'y', name])}`,
    ])();
  }

  cells(count: number): string[] {
    return [HEAD, ...Array.from({ length: count }, () => `${this.statement()}\n${this.statement()}`)];
  }
}

export function randomPrograms(count: number): Program[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `random program ${i}`,
    cells: new Writer(i + 1).cells(5),
  }));
}
