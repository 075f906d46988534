// A short title for each code cell of a notebook: the heading right above it, its first comment, or its first line.
// Numbers count code cells from 1, as `Restart & Run All` would.
import { clipped } from '../text/clipped.js';
import type { Words } from '../text/words.js';

export interface TitledCell {
  /** Position among all cells, from 0. */
  readonly index: number;
  readonly id: string;
  /** Number among the code cells, from 1. */
  readonly number: number;
  readonly title: string;
}

export interface SourceCell {
  readonly cell_type: string;
  readonly id?: string | undefined;
  readonly source: string | readonly string[];
}

const MOST_CHARACTERS = 40;

export function titledCells(cells: readonly SourceCell[], words: Words): TitledCell[] {
  const titled: TitledCell[] = [];
  let heading: string | null = null;
  cells.forEach((cell, index) => {
    const source = typeof cell.source === 'string' ? cell.source : cell.source.join('');
    if (cell.cell_type === 'markdown') heading = headingOf(source);
    if (cell.cell_type !== 'code') return;
    const title = heading ?? titleOf(source, words);
    titled.push({
      index,
      id: cell.id ?? `cell-${index}`,
      number: titled.length + 1,
      title: clipped(title, MOST_CHARACTERS),
    });
    heading = null;
  });
  return titled;
}

/** The last heading of second level or below; the notebook's own title names no cell. */
function headingOf(markdown: string): string | null {
  const headings = [...markdown.matchAll(/^#{2,6}\s+(.+?)\s*#*$/gm)];
  return headings.at(-1)?.[1]?.replaceAll(/[*_`]/g, '') ?? null;
}

function titleOf(source: string, words: Words): string {
  const lines = source.split('\n').map((line) => line.trim());
  const comment = lines.find((line) => line !== '' && !line.startsWith('%'));
  if (comment?.startsWith('#')) return comment.replace(/^#+\s*/, '');
  const first = comment ?? lines.find((line) => line !== '') ?? '';
  if (/^(import|from)\s/.test(first)) return words.__('Imports');
  const defined = /^(?:async\s+)?(?:def|class)\s+(\w+)/.exec(first)?.[1];
  if (defined !== undefined) return defined;
  return /^([A-Za-z_(][\w, .[\]()]*?)\s*=[^=]/.exec(first)?.[1]?.replaceAll(/[()]/g, '') ?? first;
}
