// Puts outputs and execution counts into the notebook's own JSON, as nbclient does: cells that were played get theirs, every other cell
// stays as it was in the file. Pure.
import type { CellOutput, RunView } from '@cellfarm/protocol';
import { isRecord, parseJson } from '../json.js';

export interface Shown {
  readonly view: RunView;
  /** Cells that count as not played. */
  readonly beyond: ReadonlySet<number>;
  /** Version of the notebook's Python, such as `3.12.1`; null where nobody asked it. */
  readonly pythonVersion: string | null;
}

/** The executed notebook's text. */
export function executedNotebook(text: string, shown: Shown): string {
  const notebook = parseJson(text.replace(/^\ufeff/, ''));
  if (!isRecord(notebook) || !Array.isArray(notebook['cells'])) return text;
  const cells: unknown[] = notebook['cells'];
  const executed = cells.map((cell, index) => (isRecord(cell) ? executedCell(cell, index, shown) : cell));
  const metadata = isRecord(notebook['metadata']) ? notebook['metadata'] : {};
  const language =
    shown.pythonVersion === null ? {} : { language_info: languageInfo(metadata, shown.pythonVersion) };
  const whole = { ...notebook, cells: executed, metadata: { ...metadata, ...language } };
  return `${JSON.stringify(whole, null, 1)}\n`;
}

function executedCell(
  cell: Record<string, unknown>,
  index: number,
  { view, beyond }: Shown,
): Record<string, unknown> {
  const played = view.cells.get(index);
  if (!played || beyond.has(index) || cell['cell_type'] !== 'code') return cell;
  return { ...cell, execution_count: played.executionCount, outputs: view.outputs.of(index).map(toFile) };
}

/** As nbformat writes it: text as a list of lines. */
function toFile(output: CellOutput): Record<string, unknown> {
  switch (output.output_type) {
    case 'stream':
      return { name: output.name, output_type: 'stream', text: lines(output.text) };
    case 'error':
      return { ...output };
    case 'execute_result':
    case 'display_data':
      return { ...output, data: dataToFile(output.data) };
  }
}

function dataToFile(data: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(data).map(([mime, value]): [string, unknown] => {
    const isJson = /^application\/(.*\+)?json$/.test(mime);
    return [mime, typeof value === 'string' && !isJson ? lines(value) : value];
  });
  return Object.fromEntries(entries);
}

function lines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function languageInfo(metadata: Record<string, unknown>, version: string): Record<string, unknown> {
  return {
    codemirror_mode: { name: 'ipython', version: 3 },
    file_extension: '.py',
    mimetype: 'text/x-python',
    name: 'python',
    nbconvert_exporter: 'python',
    pygments_lexer: 'ipython3',
    ...(isRecord(metadata['language_info']) ? metadata['language_info'] : {}),
    version,
  };
}
