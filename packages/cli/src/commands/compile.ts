// `cellfarm compile NB`: prints the task graph of a notebook without running anything.
import { graphToDot, graphToText } from '@cellfarm/compiler';
import { CellfarmError, EXIT, assertNever } from '@cellfarm/protocol';
import type { TaskGraph } from '@cellfarm/protocol';
import { compileFile, refuseErrors } from '../run/preflight.js';
import { readNotebookFile } from '../run/read-notebook.js';
import { diagnosticText } from '../run/report-problem.js';
import { sayError } from '../run/terminal.js';
import type { Settings } from '../settings.js';

const FORMATS = ['text', 'json', 'dot'] as const;
type Format = (typeof FORMATS)[number];

function formatOf(text: string): Format {
  const format = FORMATS.find((each) => each === text);
  if (!format)
    throw new CellfarmError('C6001', { detail: `--format takes ${FORMATS.join(', ')}, not "${text}"` });
  return format;
}

function render(graph: TaskGraph, format: Format): string {
  switch (format) {
    case 'text':
      return graphToText(graph);
    case 'json':
      return JSON.stringify(graph);
    case 'dot':
      return graphToDot(graph);
    default:
      return assertNever(format);
  }
}

export async function compileCommand(
  path: string,
  flags: { readonly format: string },
  settings: Settings,
): Promise<number> {
  const format = formatOf(flags.format);
  const graph = await compileFile(readNotebookFile(path), settings);
  if (format !== 'json') refuseErrors(graph); // what cannot be run has no plan
  process.stdout.write(`${render(graph, format).trimEnd()}\n`);
  if (format === 'dot') for (const each of graph.diagnostics) sayError(diagnosticText(each));
  return graph.diagnostics.some((each) => each.severity === 'error') ? EXIT.badInput : EXIT.done;
}
