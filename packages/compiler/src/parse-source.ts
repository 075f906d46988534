// Python text to our syntax tree through py-ast, the parser in process. Decides nothing about cells or magics.
import { parse } from 'py-ast';
import type { SyntaxProblem } from './oracle.js';
import type { Module } from './py-node.js';
import { linesOf, utf16Column } from './source-text.js';

export type ParseResult =
  { readonly ok: true; readonly module: Module } | { readonly ok: false; readonly problem: SyntaxProblem };

function problemOf(error: unknown, source: string): SyntaxProblem {
  const { lineno, col_offset: column } = error as { lineno?: number; col_offset?: number };
  const text = error instanceof Error ? error.message : String(error);
  const line = lineno ?? Number(/line (\d+)/.exec(text)?.[1] ?? 1);
  return {
    line,
    column: utf16Column(linesOf(source)[line - 1] ?? '', column ?? 0),
    message: text.replace(/ at line \d+(, column \d+)?$/, ''),
  };
}

/** Never throws: whatever py-ast throws on odd input is a rejection, which the oracle may overrule. */
export function parseSource(source: string): ParseResult {
  try {
    // py-ast builds CPython's own node shapes; the cast is the one place where its types become ours.
    return { ok: true, module: parse(source) as unknown as Module };
  } catch (error) {
    return { ok: false, problem: problemOf(error, source) };
  }
}
