// Everything that can be refused before anything is started: the file, its tags, its syntax, its interpreter.
import { join } from 'node:path';
import { compileNotebook, findInterpreter, freezeNotebook, requireTargets } from '@cellfarm/service';
import { CATALOGUE, TargetName } from '@cellfarm/protocol';
import type { Diagnostic, RunOptions, TaskGraph } from '@cellfarm/protocol';
import type { Settings } from '../settings.js';
import { readNotebookFile } from './read-notebook.js';
import type { NotebookFile } from './read-notebook.js';
import { diagnosticText } from './report-problem.js';
import { ToldAlready } from './told-already.js';

const AUTO = TargetName.parse('auto');

export interface Preflight {
  readonly notebook: NotebookFile;
  /** Code cells that will be played. */
  readonly cells: number;
}

export function compileFile(notebook: NotebookFile, settings: Settings): Promise<TaskGraph> {
  return compileNotebook(notebook.path, notebook.text, {
    python: [settings.python],
    packageFolder: settings.pythonPackage,
  });
}

/** Tells every diagnostic through `tell`. Throws C1001 to C3005, or ToldAlready after errors among the diagnostics. */
export async function preflight(
  path: string,
  options: RunOptions,
  settings: Settings,
  tell: (line: string) => void,
): Promise<Preflight> {
  const notebook = readNotebookFile(path);
  const graph = await compileFile(notebook, settings);
  for (const each of graph.diagnostics) if (worthTelling(each)) tell(diagnosticText(each));
  const error = graph.diagnostics.find((each) => each.severity === 'error');
  if (error) throw new ToldAlready(CATALOGUE[error.code].exit);
  requireTargets(graph, options.target ?? AUTO, null);
  await findInterpreter({
    python: options.python ?? null,
    kernel: freezeNotebook(notebook.path, notebook.text).kernel,
    cacheFolder: join(settings.home, 'interpreters'),
    env: process.env,
  });
  return { notebook, cells: graph.cells.filter((cell) => cell.status !== 'skipped').length };
}

/** Remarks of severity `info` belong to `cellfarm compile`, not to every run. */
function worthTelling(diagnostic: Diagnostic): boolean {
  return diagnostic.severity !== 'info';
}
