// The pre-pass: turns IPython's own syntax (magics, shell lines, help) into Python that holds a numbered place for each,
// keeping the number of lines, so that positions stay those of the cell. What a magic does is decided in magic-effects.ts.
import { assignmentSign, lineScanner } from './logical-lines.js';
import { linesOf } from './source-text.js';

/** The function whose calls stand for magics; its argument is the magic's number. */
export const MAGIC_CALL = '__cellfarm_magic__';

export type Magic =
  | { readonly kind: 'line'; readonly name: string; readonly args: string; readonly line: number }
  | { readonly kind: 'shell'; readonly command: string; readonly line: number }
  | { readonly kind: 'help'; readonly line: number };

export interface CellMagic {
  readonly name: string;
  readonly args: string;
  /** Line of the `%%` itself. */
  readonly line: number;
}

export interface PreparedCell {
  /** Python with as many lines as the source; empty where a cell magic's body is not Python. */
  readonly python: string;
  readonly magics: readonly Magic[];
  readonly cellMagic: CellMagic | null;
  /** Text of the cell magic's body, or of the whole cell. */
  readonly body: string;
  /** Lines, from 1, that were not plain Python: columns on them are not the source's. */
  readonly magicLines: ReadonlySet<number>;
  /** Blank lines at the start, which IPython drops: its tree counts lines without them. */
  readonly blankLines: number;
  /** First line from which IPython's own rewriting numbers lines differently; Infinity where it never does. */
  readonly linesShiftFrom: number;
}

/** Cell magics whose body is Python that runs in the notebook's namespace. */
export const PYTHON_CELL_MAGICS: ReadonlySet<string> = new Set([
  'time',
  'timeit',
  'capture',
  'prun',
  'memit',
  'cellfarm',
]);

/** Line magics that may be written without `%` as the only line of a cell. */
const AUTOMAGIC = new Set(
  (
    'alias alias_magic autoawait autocall automagic autosave bookmark cat cd clear colors conda config cp dhist dirs doctest_mode ' +
    'ed edit env gui hist history killbgscripts ldir less lf lk ll load load_ext loadpy logoff logon logstart logstate logstop ' +
    'ls lsmagic lx macro magic man matplotlib mkdir more mv notebook page pastebin pdb pdef pdoc pfile pinfo pinfo2 pip popd ' +
    'pprint precision prun psearch psource pushd pwd pycat pylab quickref recall rehashx reload_ext rep rerun reset ' +
    'reset_selective rm rmdir run save sc set_env store sx system tb time timeit unalias unload_ext uv who who_ls whos xdel xmode'
  ).split(' '),
);

const HELP = /^(.*[;\s(=]|)(%{0,2}(?!\d)[\w*]+(\.\(?[\w*]+\)?|\[-?\d+\])*)\s*\?\??\s*$/;

function commonIndent(lines: readonly string[]): string {
  let common: string | null = null;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
    if (common === null) common = indent;
    while (!indent.startsWith(common)) common = common.slice(0, -1);
  }
  return common ?? '';
}

function withoutPrompts(lines: readonly string[]): string[] {
  const classic = /^\s*>>>( |$)/;
  if (
    lines.some((line) => classic.test(line)) &&
    classic.test(lines.find((line) => line.trim() !== '') ?? '')
  ) {
    return lines.map((line) => line.replace(/^\s*(>>>|\.\.\.)[ \t]?/, ''));
  }
  const numbered = /^(In \[\d+\]: |\s*\.{3,}: ?)/;
  return numbered.test(lines[0] ?? '') ? lines.map((line) => line.replace(numbered, '')) : [...lines];
}

/** Reads the escapes that may begin a line: `%`, `!`, `?`, `/`, `,`, `;`. Null when the line is none of them. */
function escapedLine(text: string, line: number): Magic | { python: string } | null {
  const shell = /^!!?\s*([^]*)$/.exec(text);
  if (shell) return { kind: 'shell', command: shell[1] ?? '', line };
  const magic = /^%(%?\S*)\s*([^]*)$/.exec(text);
  if (magic) return { kind: 'line', name: magic[1] ?? '', args: (magic[2] ?? '').trim(), line };
  if (text.startsWith('?')) return { kind: 'help', line };
  const [head = '', ...rest] = text.slice(1).trim().split(/\s+/);
  if (text.startsWith('/')) return { python: `${head}(${rest.join(', ')})` };
  if (text.startsWith(','))
    return { python: `${head}(${rest.map((word) => JSON.stringify(word)).join(', ')})` };
  if (text.startsWith(';')) return { python: `${head}(${JSON.stringify(rest.join(' '))})` };
  return null;
}

class PrePass {
  readonly magics: Magic[] = [];
  readonly magicLines = new Set<number>();
  linesShiftFrom = Infinity;

  constructor(private readonly lines: readonly string[]) {}

  private place(magic: Magic): string {
    this.magics.push(magic);
    if (magic.kind === 'line' && magic.name === 'time' && magic.args !== '') return magic.args;
    return `${MAGIC_CALL}(${this.magics.length - 1})`;
  }

  /** Joins a magic's continued lines from `at` on; returns its text and how many lines it takes. */
  private continued(at: number, start: number): { text: string; taken: number } {
    const parts = [(this.lines[at] ?? '').slice(start)];
    while ((parts.at(-1) ?? '').endsWith('\\') && at + parts.length < this.lines.length) {
      parts.push(this.lines[at + parts.length] ?? '');
    }
    const text = parts
      .map((part, i) => (i < parts.length - 1 ? part.trimEnd().slice(0, -1) : part.trimEnd()))
      .join(' ');
    if (parts.length > 1) this.linesShiftFrom = Math.min(this.linesShiftFrom, at + 2);
    return { text, taken: parts.length };
  }

  private escapeAt(at: number, line: string): { replacement: string; taken: number } | null {
    const indent = /^\s*/.exec(line)?.[0] ?? '';
    const text = line.slice(indent.length);
    if (HELP.test(text) && !text.startsWith('!')) {
      return { replacement: indent + this.place({ kind: 'help', line: at + 1 }), taken: 1 };
    }
    if ('%!?/,;'.includes(text.charAt(0)) && text !== '') {
      const { text: whole, taken } = this.continued(at, indent.length);
      const escaped = escapedLine(whole, at + 1);
      if (escaped)
        return { replacement: indent + ('kind' in escaped ? this.place(escaped) : escaped.python), taken };
    }
    const sign = assignmentSign(line);
    const right = sign < 0 ? '' : line.slice(sign + 1).trimStart();
    if (/^(%\w|!)/.test(right)) {
      const { text: whole, taken } = this.continued(at, line.length - right.length);
      const escaped = escapedLine(whole, at + 1);
      if (escaped && 'kind' in escaped)
        return { replacement: `${line.slice(0, sign + 1)} ${this.place(escaped)}`, taken };
    }
    return null;
  }

  run(): string {
    const scanner = lineScanner();
    const out: string[] = [];
    for (let at = 0; at < this.lines.length; at += 1) {
      const line = this.lines[at] ?? '';
      const escape =
        scanner.atStatement() && line.trim() !== '' && !line.trimStart().startsWith('#')
          ? this.escapeAt(at, line)
          : null;
      if (escape === null) {
        scanner.feed(line);
        out.push(line);
        continue;
      }
      out.push(escape.replacement, ...Array<string>(escape.taken - 1).fill(''));
      for (let taken = 0; taken < escape.taken; taken += 1) this.magicLines.add(at + taken + 1);
      at += escape.taken - 1;
    }
    return out.join('\n');
  }
}

function automagic(lines: readonly string[], isBound: (name: string) => boolean): string[] {
  const full = lines.filter((line) => line.trim() !== '');
  const words = /^([A-Za-z_]\w*)(\s+(?![=(.,[]|[-+*/%&|^<>]=|is\b|in\b|not\b|and\b|or\b|if\b).*|\s*)$/.exec(
    full[0]?.trimEnd() ?? '',
  );
  if (full.length !== 1 || !words || !AUTOMAGIC.has(words[1] ?? '') || isBound(words[1] ?? ''))
    return [...lines];
  return lines.map((line) => (line.trim() === '' ? line : `%${line.trim()}`));
}

/**
 * Prepares the text of one cell. `isBound` tells whether an earlier cell binds a name: `ls` alone in a cell is a magic
 * only where no variable is called so.
 */
export function prepareCell(source: string, isBound: (name: string) => boolean = () => false): PreparedCell {
  const raw = linesOf(source);
  const indent = commonIndent(raw);
  const lines = automagic(
    withoutPrompts(raw.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trim()))),
    isBound,
  );
  const first = lines.findIndex((line) => line.trim() !== '');
  const head = /^%%(\S+)\s*(.*)$/.exec(lines[first] ?? '');
  if (head && !/^%%\w+\?/.test(lines[first] ?? '')) {
    const cellMagic = { name: head[1] ?? '', args: (head[2] ?? '').trim(), line: first + 1 };
    const body = lines.slice(first + 1);
    if (!PYTHON_CELL_MAGICS.has(cellMagic.name)) {
      return {
        python: '',
        magics: [],
        cellMagic,
        body: body.join('\n'),
        magicLines: new Set([first + 1]),
        blankLines: first,
        linesShiftFrom: 0,
      };
    }
    const inner = prepareCell([...Array<string>(first + 1).fill(''), ...body].join('\n'), isBound);
    // `%%cellfarm` is a comment to home; the body of any other magic is compiled apart from the cell.
    if (cellMagic.name === 'cellfarm') return { ...inner, blankLines: first };
    return { ...inner, cellMagic, body: body.join('\n'), blankLines: first, linesShiftFrom: 0 };
  }
  const pass = new PrePass(lines);
  const python = pass.run();
  return {
    python,
    magics: pass.magics,
    cellMagic: null,
    body: source,
    magicLines: pass.magicLines,
    blankLines: Math.max(first, 0),
    linesShiftFrom: pass.linesShiftFrom,
  };
}
