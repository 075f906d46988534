// Differential tests: scopes against symtable, the tree against CPython's, magics against IPython, and what cells do
// against programs that really run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareCell } from '../src/magics.js';
import { readOracleAnswer } from '../src/oracle.js';
import { parseSource } from '../src/parse-source.js';
import { childNodes, type Module, type PyNode } from '../src/py-node.js';
import { buildScopes, importedName, mangle, resolve, type Scope } from '../src/scopes.js';
import { graphOf } from './support/notebooks.js';
import { PROGRAMS } from './support/programs.js';
import { randomPrograms } from './support/random-programs.js';
import { askCpython, askSyntaxHelper, standardLibrary } from './support/python.js';

const FILES = [
  'abc.py',
  'bisect.py',
  'calendar.py',
  'dataclasses.py',
  'enum.py',
  'heapq.py',
  'json/decoder.py',
  'random.py',
  'shlex.py',
  'textwrap.py',
  'types.py',
  'uuid.py',
];
const sources = FILES.map((file) => readFileSync(join(standardLibrary(), file), 'utf8'));

const FUNCTIONS = new Set(['FunctionDef', 'AsyncFunctionDef', 'Lambda']);

/** How each name is resolved in each function and class, in the words of `symtable`. */
function resolutions(source: string): Set<string> {
  const parsed = parseSource(source);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const scopes = buildScopes(parsed.module);
  const found = new Set<string>();

  function note(scope: Scope, owner: PyNode, name: string): void {
    if (scope.kind !== 'function' && scope.kind !== 'class') return;
    const plain = mangle(name, scope);
    const where = resolve(scope, name);
    const kind = where.kind === 'global' ? 'global' : where.scope === scope ? 'local' : 'free';
    const title =
      FUNCTIONS.has(owner.nodeType) && owner.nodeType === 'Lambda' ? 'lambda' : String(owner['name']);
    found.add(`${String(owner['lineno'])} ${title} ${plain} ${kind}`);
  }
  function visit(node: PyNode, scope: Scope, owner: PyNode): void {
    if (node.nodeType === 'Name') note(scope, owner, String(node['id']));
    if (node.nodeType === 'Alias' && node['name'] !== '*') note(scope, owner, importedName(node as never));
    if (FUNCTIONS.has(node.nodeType) || node.nodeType === 'ClassDef') {
      if (typeof node['name'] === 'string') note(scope, owner, node['name']);
      const inner = scopes.of(node as unknown as Module);
      const body = node['body'];
      for (const child of Array.isArray(body) ? (body as PyNode[]) : [body as PyNode])
        visit(child, inner, node);
      return;
    }
    if (/Comp$|GeneratorExp/.test(node.nodeType)) return;
    for (const child of childNodes(node)) visit(child, scope, owner);
  }
  visit(parsed.module as unknown as PyNode, scopes.of(parsed.module), parsed.module as unknown as PyNode);
  return found;
}

function places(node: object): string[] {
  const own = node as PyNode;
  const at =
    'lineno' in own && own.nodeType !== 'Module'
      ? [
          `${own.nodeType} ${String(own['lineno'])}:${String(own['col_offset'])}-${String(own['end_lineno'])}:${String(own['end_col_offset'])}`,
        ]
      : [];
  // Before 3.12 CPython gave the parts of an f-string the place of the whole.
  if (own.nodeType === 'JoinedStr') return at;
  return [...at, ...[...childNodes(node)].flatMap(places)];
}

describe('the compiler against CPython', () => {
  it('resolves names of functions and classes as symtable does', () => {
    askCpython<string[]>('scopes', sources).forEach((theirs, i) => {
      const known = new Set(theirs);
      const wrong = [...resolutions(sources[i] ?? '')].filter(
        (line) => !known.has(line) && !line.endsWith('__class__ free'),
      );
      expect(wrong, FILES[i]).toEqual([]);
    });
  });

  it('places every node where CPython does', () => {
    const questions = sources.map((source, i) => JSON.stringify({ id: String(i), source }));
    for (const line of askSyntaxHelper(questions)) {
      const answer = readOracleAnswer(line);
      const parsed = parseSource(sources[Number(answer.id)] ?? '');
      if (!parsed.ok || !('tree' in answer))
        throw new Error(`${String(FILES[Number(answer.id)])} was rejected`);
      expect(places(parsed.module).sort(), FILES[Number(answer.id)]).toEqual(places(answer.tree).sort());
    }
  });

  it("takes CPython's tree where its own parser rejects a text", () => {
    const source = 'x = 1\nmatch x, x:\n  case (1, y): z = y';
    const [line = ''] = askSyntaxHelper([JSON.stringify({ id: '0', source })]);
    const graph = graphOf([source, 'z'], { answers: new Map([['0', readOracleAnswer(line)]]) });
    expect(graph.cells[0]).toMatchObject({ status: 'ok', writes: ['x', 'y', 'z'] });
    expect(graph.diagnostics).toEqual([]);
  });

  it.each([
    ['return 3', 1, 0, "'return' outside function"],
    ['x = (1', 1, 4, "'(' was never closed"],
    ['ok = 1\n𝄞é = 1 1', 2, 0, null],
  ])('reports the error of %j at its place', (source, lineNumber, column, message) => {
    const [line = ''] = askSyntaxHelper([JSON.stringify({ id: '0', source })]);
    const { diagnostics } = graphOf([source], { answers: new Map([['0', readOracleAnswer(line)]]) });
    expect(diagnostics[0]).toMatchObject({ code: 'C2001', severity: 'error', cell: 0, line: lineNumber });
    if (message !== null)
      expect(diagnostics[0]).toMatchObject({ column, message: `SyntaxError: ${message}` });
  });
});

const CELLS = [
  '%matplotlib inline\nx = 1',
  'a = %who\nb = !ls {x} \\\n  foo\nc = 1',
  'if x:\n    %time y = 1\n    !ls',
  'x?',
  '?x.y',
  'x = 1; y?',
  'for x in y:\n  %cd foo',
  "s = '''\n%notmagic\n!ls\n'''",
  '!!ls',
  'y = !!ls',
  'a, b = !ls',
  '%ls;%cd',
  '!ls \\\n -l\nx = 1',
  '# %x\nx = 1',
  'a[1] = !ls',
  '%%bash\nls',
  '\n\n%%time a\nx = 1',
  'x = 10 %foo',
  'f(\n%x\n)',
  '>>> x = 1\n>>> %cd y',
  'In [1]: %cd y',
  '%%timeit?',
];

describe('the magics pre-pass against IPython', () => {
  const theirs = askCpython<string[][]>(
    'magics',
    CELLS.filter((cell) => !cell.startsWith('f(')),
  );
  it.each(CELLS.filter((cell) => !cell.startsWith('f(')).map((cell, i) => [cell, theirs[i] ?? []] as const))(
    '%j',
    (cell, expected) => {
      const prepared = prepareCell(cell);
      const mine = prepared.magics.map((magic) =>
        magic.kind === 'line'
          ? ['run_line_magic', magic.name, magic.args]
          : magic.kind === 'shell'
            ? ['shell', magic.command]
            : ['help'],
      );
      if (prepared.cellMagic)
        mine.unshift(['run_cell_magic', prepared.cellMagic.name, prepared.cellMagic.args]);
      const plain = expected.map(([method = '', ...args]) => {
        if (method === 'system' || method === 'getoutput')
          return ['shell', (args[0] ?? '').replace(/^!/, '')];
        if (args[0] === 'pinfo' || args[0] === 'pinfo2' || method === 'show_usage') return ['help'];
        return [method, ...args.slice(0, 2)];
      });
      expect(mine.map((each) => each.map((word) => word.trim()))).toEqual(
        plain.map((each) => each.map((word) => word.trim())),
      );
      expect(prepared.python === '' || prepared.python.split('\n').length === cell.split('\n').length).toBe(
        true,
      );
    },
  );
});

const ALL_PROGRAMS = [...PROGRAMS, ...randomPrograms(80)];

describe('what is found against what happens', () => {
  const traces = askCpython<{ reads: string[]; writes: string[]; changes: string[] }[]>(
    'trace',
    ALL_PROGRAMS.map(({ cells }) => cells),
  );
  it('the programs run to their ends', () => {
    PROGRAMS.forEach(({ name, cells }, i) => {
      expect(traces[i], name).toHaveLength(cells.length);
    });
    expect(traces.flat().length).toBeGreaterThan(400);
  });

  it.each(ALL_PROGRAMS.map((program, i) => [program.name, program.cells, traces[i] ?? []] as const))(
    '%s',
    (_name, cells, happened) => {
      const facts = graphOf(cells).cells;
      happened.forEach((seen, i) => {
        const found = facts[i];
        if (found?.barrier) return;
        expect(found?.reads, `reads of cell ${i}`).toEqual(expect.arrayContaining(seen.reads));
        expect(found?.writes, `writes of cell ${i}`).toEqual(expect.arrayContaining(seen.writes));
        const touched = [...(found?.mutates ?? []), ...(found?.writes ?? [])];
        expect(touched, `changes of cell ${i}`).toEqual(expect.arrayContaining(seen.changes));
      });
    },
  );
});
