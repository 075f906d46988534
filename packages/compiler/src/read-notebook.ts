// A notebook file's text to a frozen snapshot, or to all that is wrong with the file and its tags at once.
// Bad input gives diagnostics, never an exception; reading the file itself is left to the caller.
import {
  CellId,
  describe,
  Digest,
  type CodeCell,
  type Diagnostic,
  type ErrorCode,
  type NotebookSnapshot,
} from '@cellfarm/protocol';
import { readTags } from './read-tags.js';

export interface ReadOptions {
  /** sha256 of a text's UTF-8 bytes as 64 lower-case hexadecimal digits. */
  readonly sha256: (text: string) => string;
  /** Names of targets that exist. */
  readonly targets: readonly string[];
  /** Largest text taken, in UTF-16 units. @default 64 MiB */
  readonly largest?: number;
}

export interface ReadResult {
  /** Null when the file is no notebook that could run. */
  readonly snapshot: NotebookSnapshot | null;
  readonly diagnostics: readonly Diagnostic[];
}

type Fields = Readonly<Record<string, unknown>>;

const LARGEST = 64 * 2 ** 20;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refusal(code: ErrorCode, fields: Readonly<Record<string, string>>): ReadResult {
  return {
    snapshot: null,
    diagnostics: [
      { code, severity: 'error', cell: null, line: null, column: null, ...describe(code, fields) },
    ],
  };
}

/** `source` as a text or a list of lines; null for anything else. */
function textOf(source: unknown): string | null {
  if (typeof source === 'string') return source;
  return Array.isArray(source) && source.every((line) => typeof line === 'string') ? source.join('') : null;
}

function languageOf(metadata: Fields): string {
  const info = isRecord(metadata['language_info']) ? metadata['language_info']['name'] : undefined;
  const spec = isRecord(metadata['kernelspec']) ? metadata['kernelspec']['language'] : undefined;
  const named = [spec, info].filter(
    (language): language is string => typeof language === 'string' && language !== '',
  );
  return named.find((language) => !/^i?python$/i.test(language)) ?? named[0] ?? 'python';
}

function kernelOf(metadata: Fields): string {
  const name = isRecord(metadata['kernelspec']) ? metadata['kernelspec']['name'] : undefined;
  return typeof name === 'string' && name !== '' ? name : 'python3';
}

/** Ids of all cells: the file's own, `cell-<index>` where it has none, made different where one comes twice. */
function cellIds(cells: readonly unknown[]): CellId[] {
  const taken = new Set<string>();
  return cells.map((cell, index) => {
    const own = CellId.safeParse(isRecord(cell) ? cell['id'] : undefined);
    const wanted = own.success ? own.data : `cell-${index}`;
    let id = wanted;
    for (let again = 2; taken.has(id); again += 1) id = `${wanted.slice(0, 56)}-${again}`;
    taken.add(id);
    return id as CellId;
  });
}

interface CellsRead {
  readonly cells: CodeCell[];
  readonly problems: string[];
  readonly diagnostics: Diagnostic[];
}

function readCells(cells: readonly unknown[], targets: readonly string[]): CellsRead {
  const read: CellsRead = { cells: [], problems: [], diagnostics: [] };
  const ids = cellIds(cells);
  cells.forEach((cell, index) => {
    if (!isRecord(cell) || typeof cell['cell_type'] !== 'string') {
      read.problems.push(`cell ${index} has no cell_type`);
      return;
    }
    if (cell['cell_type'] !== 'code') return;
    const source = textOf(cell['source']);
    if (source === null) {
      read.problems.push(`cell ${index} has no source`);
      return;
    }
    const metadata = isRecord(cell['metadata']) ? cell['metadata'] : {};
    const tags = readTags(metadata, source, index, targets);
    read.diagnostics.push(...tags.diagnostics);
    const listed = Array.isArray(metadata['tags'])
      ? metadata['tags'].filter((tag): tag is string => typeof tag === 'string')
      : [];
    read.cells.push({ index, id: ids[index] as CellId, source, tags: tags.tags, jupyterTags: listed });
  });
  return read;
}

export function parseNotebook(path: string, text: string, options: ReadOptions): ReadResult {
  const largest = options.largest ?? LARGEST;
  if (text.length > largest)
    return refusal('C1008', { path, size: `${text.length} characters`, limit: String(largest) });
  if (text.trim() === '') return refusal('C1003', { path });
  let file: unknown;
  try {
    file = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    return refusal('C1004', { path, detail: error instanceof Error ? error.message : String(error) });
  }
  if (!isRecord(file)) return refusal('C1006', { path, detail: 'it holds no object' });
  const format = file['nbformat'];
  if (typeof format !== 'number') return refusal('C1006', { path, detail: 'it has no nbformat' });
  if (format !== 4) return refusal('C1005', { path, format: String(format) });
  if (!Array.isArray(file['cells'])) return refusal('C1006', { path, detail: 'it has no list of cells' });
  const metadata = isRecord(file['metadata']) ? file['metadata'] : {};
  const language = languageOf(metadata);
  if (!/^i?python$/i.test(language)) return refusal('C1007', { language });
  const { cells, problems, diagnostics } = readCells(file['cells'], options.targets);
  if (problems.length > 0) return refusal('C1006', { path, detail: problems.join('; ') });
  const digest = Digest.parse(
    options.sha256(JSON.stringify(cells.map((cell) => [cell.id, cell.source, cell.tags, cell.jupyterTags]))),
  );
  const snapshot = { path, digest, kernel: kernelOf(metadata), cells };
  return { snapshot: diagnostics.some((each) => each.severity === 'error') ? null : snapshot, diagnostics };
}
