// Everything that can be refused before anything is started: the file, its tags, its syntax, its interpreter.
import { join } from 'node:path';
import { compileNotebook, findInterpreter, freezeNotebook, requireTargets } from '@cellfarm/service';
import { CATALOGUE, TargetName } from '@cellfarm/protocol';
import type { Diagnostic, RunOptions, TaskGraph } from '@cellfarm/protocol';
import type { Settings } from '../settings.js';
import { readNotebookFile } from './read-notebook.js';
import type { NotebookFile } from './read-notebook.js';
import { diagnosticText } from './report-problem.js';
import { sayError } from './terminal.js';
import { ToldAlready } from './told-already.js';
import type { Waiting } from './waiting.js';

const AUTO = TargetName.parse('auto');

export interface Preflight {
  readonly notebook: NotebookFile;
  readonly graph: TaskGraph;
  /** Code cells that will be played. */
  readonly cells: number;
}

export function compileFile(notebook: NotebookFile, settings: Settings): Promise<TaskGraph> {
  return compileNotebook(notebook.path, notebook.text, {
    python: [settings.python],
    packageFolder: settings.pythonPackage,
  });
}

/** Tells what is worth telling. Throws ToldAlready when there are errors among it. */
export function refuseErrors(graph: TaskGraph): void {
  for (const each of graph.diagnostics) if (worthTelling(each)) sayError(diagnosticText(each));
  const error = graph.diagnostics.find((each) => each.severity === 'error');
  if (error) throw new ToldAlready(CATALOGUE[error.code].exit);
}

/** Tells the diagnostics on standard error. Throws C1001 to C3006, or ToldAlready after errors among the diagnostics. */
export async function preflight(
  path: string,
  options: RunOptions,
  settings: Settings,
  waiting: Waiting,
): Promise<Preflight> {
  const notebook = readNotebookFile(path);
  waiting.on("Python's own parser");
  const graph = await compileFile(notebook, settings);
  waiting.end();
  refuseErrors(graph);
  requireTargets(graph, options.target ?? AUTO, null);
  const { kernel } = freezeNotebook(notebook.path, notebook.text);
  const python = options.python ?? null;
  waiting.on(`the answer of ${python ?? `the Python of kernel "${kernel}"`}, which is asked for its version`);
  await findInterpreter({
    python,
    kernel,
    cacheFolder: join(settings.home, 'interpreters'),
    env: process.env,
  });
  waiting.end();
  return { notebook, graph, cells: graph.cells.filter((cell) => cell.status !== 'skipped').length };
}

/** Remarks of severity `info` belong to `cellfarm compile`, not to every run. */
function worthTelling(diagnostic: Diagnostic): boolean {
  return diagnostic.severity !== 'info';
}
