// Positions in one cell's text: UTF-8 columns, as CPython counts them, to UTF-16 columns, as editors do, and text of spans.
import type { SourceSpan } from '@cellfarm/protocol';
import type { Located } from './py-node.js';

const encoder = new TextEncoder();

/** The lines of a text without their ends; `\r\n` and `\r` end lines too, as in Python. */
export function linesOf(source: string): string[] {
  return source.split(/\r\n|\r|\n/);
}

/** UTF-8 column to UTF-16 column within one line. */
export function utf16Column(line: string, utf8Column: number): number {
  let bytes = 0;
  let units = 0;
  for (const character of line) {
    if (bytes >= utf8Column) break;
    bytes += encoder.encode(character).length;
    units += character.length;
  }
  return units + Math.max(0, utf8Column - bytes);
}

export function spanOf(node: Located): SourceSpan {
  return {
    line: node.lineno,
    column: node.col_offset,
    endLine: node.end_lineno,
    endColumn: node.end_col_offset,
  };
}

/** The text between two positions of a node. */
export function textOf(source: string, node: Located): string {
  const lines = linesOf(source).slice(node.lineno - 1, node.end_lineno);
  const last = lines.length - 1;
  if (last < 0) return '';
  const end = utf16Column(lines[last] ?? '', node.end_col_offset);
  lines[last] = (lines[last] ?? '').slice(0, end);
  lines[0] = (lines[0] ?? '').slice(utf16Column(lines[0] ?? '', node.col_offset));
  return lines.join('\n');
}
