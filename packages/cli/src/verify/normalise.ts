// Takes out of outputs what two runs of the same notebook in plain Jupyter differ in too: memory addresses, process ids in
// file names, ids of widgets and displays, and how text was cut into messages. Pure.
import type { CellOutput } from '@cellfarm/protocol';

const ADDRESS = /\b0x[0-9a-f]{6,16}\b/gi;
/** ipykernel names a cell's code after its process: `/tmp/ipykernel_4711/123456.py`. */
const CELL_FILE = /ipykernel_\d+[/\\]\d+\.py/g;
const HEX_ID = /\b[0-9a-f]{32}\b/g;

function normaliseText(text: string): string {
  return text.replace(CELL_FILE, '<cell>').replace(ADDRESS, '<address>').replace(HEX_ID, '<id>');
}

function normaliseValue(value: unknown): unknown {
  if (typeof value === 'string') return normaliseText(value);
  if (Array.isArray(value)) {
    return value.every((part) => typeof part === 'string')
      ? normaliseText(value.join(''))
      : value.map(normaliseValue);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, inner]) => [key, normaliseValue(inner)]),
    );
  }
  return value;
}

/** Outputs in a form in which equal runs are equal. Text between two other outputs is one piece per stream: a kernel sends
 * standard output and standard error independently, so their interleaving is not told apart. */
export function normaliseOutputs(outputs: readonly CellOutput[]): unknown[] {
  const result: unknown[] = [];
  let streams = new Map<string, string>();
  const endStreams = (): void => {
    for (const [name, text] of [...streams].sort(([a], [b]) => (a < b ? 1 : -1)))
      result.push({ stream: name, text: normaliseText(text) });
    streams = new Map();
  };
  for (const output of outputs) {
    if (output.output_type === 'stream') {
      streams.set(output.name, (streams.get(output.name) ?? '') + joined(output.text));
      continue;
    }
    endStreams();
    result.push(normaliseValue(output));
  }
  endStreams();
  return result;
}

/** nbformat allows text as one string or as a list of lines. */
function joined(text: unknown): string {
  return Array.isArray(text) ? text.join('') : String(text);
}
