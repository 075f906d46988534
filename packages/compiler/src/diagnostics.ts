// What the compiler says to the user about each cell: syntax, cells not understood, loops and cells that stay home, roles
// that change nothing.
import { describe, type Diagnostic, type ErrorCode } from '@cellfarm/protocol';
import type { CellOutcome } from './build-graph.js';

interface Spot {
  readonly cell: number;
  readonly line: number | null;
  readonly column?: number | null;
}

function diagnostic(
  code: ErrorCode,
  severity: Diagnostic['severity'],
  spot: Spot,
  fields: Readonly<Record<string, string>>,
): Diagnostic {
  return {
    code,
    severity,
    cell: spot.cell,
    line: spot.line,
    column: spot.column ?? null,
    ...describe(code, fields),
  };
}

function ofText({ analysis }: CellOutcome): Diagnostic[] {
  const { parsed, cell, seen } = analysis;
  if (parsed.kind === 'syntax-error' && !cell.jupyterTags.includes('raises-exception')) {
    const { line, column, message } = parsed.problem;
    return [
      diagnostic('C2001', 'error', { cell: cell.index, line, column }, { detail: `SyntaxError: ${message}` }),
    ];
  }
  if (!seen.barrier) return [];
  const at = parsed.kind === 'unparsed' ? parsed.problem : { line: seen.barrier.line, column: null };
  return [
    diagnostic(
      'C2101',
      'info',
      { cell: cell.index, line: at.line, column: at.column },
      { detail: analysis.opaque ?? seen.barrier.text },
    ),
  ];
}

/** The first cell that holds a loop over a function which this one defines, as advice; null: there is none. */
function loopElsewhere({ analysis }: CellOutcome, all: readonly CellOutcome[]): string | null {
  for (const { analysis: other, loops } of all) {
    const loop = loops.find(({ candidate }) => analysis.seen.writes.has(candidate.calleeText));
    if (loop && other !== analysis)
      return `The loop over ${loop.candidate.calleeText} is in cell ${other.cell.index}, line ${loop.verdict.line}: give that cell the role, or decorate ${loop.candidate.calleeText} with @cellfarm.map.`;
  }
  return null;
}

function ofRole(outcome: CellOutcome, all: readonly CellOutcome[]): Diagnostic[] {
  const { analysis, loops, reduces, leaving } = outcome;
  const { role } = analysis.cell.tags;
  const spot = { cell: analysis.cell.index, line: null };
  if (role === 'map' && !loops.some((loop) => loop.asked)) {
    const fix =
      loopElsewhere(outcome, all) ??
      'Write [f(x) for x in xs], list(map(f, xs)) or a loop whose body is out.append(f(x)).';
    return [
      diagnostic('C2105', 'warning', spot, {
        role,
        detail: 'the cell holds no loop that could be handed out',
        fix,
      }),
    ];
  }
  if (role === 'reduce' && !reduces) {
    return [
      diagnostic('C2105', 'warning', spot, {
        role,
        detail: 'the cell reads no result of a map',
        fix: 'Give the role to the cell that takes the results together.',
      }),
    ];
  }
  if (role === 'stage') {
    return [
      diagnostic('C2105', 'info', spot, {
        role,
        detail: 'this version runs it as a plain cell',
        fix: 'Nothing has to be done.',
      }),
    ];
  }
  if (role === 'train' && leaving.kind === 'home') {
    return [
      diagnostic('C2105', 'info', spot, {
        role,
        detail: 'the notebook imports no framework whose training can be shared out',
        fix: 'PyTorch is one; with others the cell runs at home.',
      }),
    ];
  }
  return [];
}

function sentence(fix: string | null): string {
  return fix === null ? '' : `${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`;
}

/** `all`: the outcomes of every cell of the notebook. */
export function diagnosticsOf(outcome: CellOutcome, all: readonly CellOutcome[]): Diagnostic[] {
  const { analysis, loops, leaving } = outcome;
  const cell = analysis.cell.index;
  const refused = loops.filter(({ asked, verdict }) => asked && verdict.verdict === 'sequential');
  return [
    ...ofText(outcome),
    ...refused.map(({ verdict }) =>
      diagnostic(
        'C2103',
        // Of a cell's role it is enough that one of its loops leaves.
        loops.some((loop) => loop.verdict.verdict === 'parallel') ? 'info' : 'warning',
        { cell, line: verdict.line },
        { detail: verdict.reason.text, fix: sentence(verdict.fix) },
      ),
    ),
    ...outcome.otherLoops.map(({ verdict }) =>
      diagnostic(
        'C2103',
        'info',
        { cell, line: verdict.line },
        { detail: verdict.reason.text, fix: sentence(verdict.fix) },
      ),
    ),
    ...(leaving.kind === 'refused'
      ? [
          diagnostic(
            'C2104',
            'warning',
            { cell, line: leaving.line },
            { detail: leaving.reason, fix: leaving.fix },
          ),
        ]
      : []),
    ...ofRole(outcome, all),
  ];
}
