// One cell's text to a syntax tree: magics pre-pass, the parser in process, and CPython's answer where that was asked for.
// Says when CPython has to be asked; asking is not its business.
import type { CodeCell } from '@cellfarm/protocol';
import { prepareCell, type PreparedCell } from './magics.js';
import type { OracleAnswer, SyntaxProblem } from './oracle.js';
import { parseSource } from './parse-source.js';
import type { Module } from './py-node.js';
import { suspectOf } from './suspects.js';

export type ParsedCell =
  | {
      readonly kind: 'parsed';
      readonly cell: CodeCell;
      readonly prepared: PreparedCell;
      readonly module: Module;
    }
  /** CPython itself rejects the text. */
  | {
      readonly kind: 'syntax-error';
      readonly cell: CodeCell;
      readonly prepared: PreparedCell;
      readonly problem: SyntaxProblem;
    }
  /** The parser in process rejects it and CPython was not asked. */
  | {
      readonly kind: 'unparsed';
      readonly cell: CodeCell;
      readonly prepared: PreparedCell;
      readonly problem: SyntaxProblem;
    };

/** The Python text that CPython should judge for a cell; null when the parser in process can be trusted with it. */
export function oracleQuestion(prepared: PreparedCell): string | null {
  const parsed = parseSource(prepared.python);
  return parsed.ok && suspectOf(parsed.module, prepared.python) === null ? null : prepared.python;
}

export function parseCell(
  cell: CodeCell,
  prepared: PreparedCell,
  answer: OracleAnswer | undefined,
): ParsedCell {
  const base = { cell, prepared };
  const parsed = parseSource(prepared.python);
  if (answer && 'syntaxError' in answer)
    return { kind: 'syntax-error', ...base, problem: answer.syntaxError };
  if (parsed.ok) return { kind: 'parsed', ...base, module: parsed.module };
  if (answer) return { kind: 'parsed', ...base, module: answer.tree };
  return { kind: 'unparsed', ...base, problem: parsed.problem };
}

/** Prepares all cells in order; automagic words count only while no earlier cell binds them. */
export function prepareCells(
  cells: readonly CodeCell[],
  bindsOf: (python: string) => Iterable<string>,
): PreparedCell[] {
  const bound = new Set<string>();
  return cells.map((cell) => {
    const prepared = prepareCell(cell.source, (name) => bound.has(name));
    if (cell.tags.role !== 'skip') for (const name of bindsOf(prepared.python)) bound.add(name);
    return prepared;
  });
}
