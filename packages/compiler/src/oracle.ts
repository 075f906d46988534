// CPython's word on cells that the parser in process rejects or may wrongly accept. Only the pure half: which questions
// are asked and how answers are read. The process behind it (`python -m cellfarm.astd`) is run by whoever compiles.
import type { Module } from './py-node.js';

/** A text that is not Python, with the place CPython points at: line from 1, column from 0 in UTF-16 units. */
export interface SyntaxProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** One line to the helper. `id` comes back unchanged. */
export interface OracleQuestion {
  readonly id: string;
  readonly source: string;
}

/** One line from the helper. */
export type OracleAnswer =
  | { readonly id: string; readonly tree: Module }
  | { readonly id: string; readonly syntaxError: SyntaxProblem };

/** Answers by question id, asked before compiling. */
export type OracleAnswers = ReadonlyMap<string, OracleAnswer>;

/** Reads one line of the helper. Throws a TypeError on anything that is not an answer: the helper is our own. */
export function readOracleAnswer(line: string): OracleAnswer {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null || typeof (value as { id?: unknown }).id !== 'string') {
    throw new TypeError(`not an answer of the syntax helper: ${line.slice(0, 200)}`);
  }
  const answer = value as { id: string; tree?: Module; syntaxError?: SyntaxProblem };
  if (answer.tree?.nodeType === 'Module') return { id: answer.id, tree: answer.tree };
  if (answer.syntaxError && typeof answer.syntaxError.message === 'string') {
    return { id: answer.id, syntaxError: answer.syntaxError };
  }
  throw new TypeError(`not an answer of the syntax helper: ${line.slice(0, 200)}`);
}
