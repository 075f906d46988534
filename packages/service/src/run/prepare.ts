// Everything that can be refused about a notebook is refused here, before a run exists: the file, its tags, its code. Compiling itself is
// the compiler's; this asks CPython where the compiler's own parser is not sure.
import { createHash } from 'node:crypto';
import { CATALOGUE, CellfarmError } from '@cellfarm/protocol';
import type { Compiled, Diagnostic, NotebookSnapshot, TaskGraph } from '@cellfarm/protocol';
import { cellsNeedingOracle, compile, parseNotebook } from '@cellfarm/compiler';
import { askOracle } from '../oracle.js';
import type { OracleOptions } from '../oracle.js';
import { targetDiagnostics } from '../targets/require-targets.js';
import { knownTargets } from '../targets/named-targets.js';

export interface Prepared {
  readonly snapshot: NotebookSnapshot;
  readonly compiled: Compiled;
}

/** Largest notebook accepted, in bytes of UTF-8. */
const NOTEBOOK_LIMIT_BYTES = 64 * 2 ** 20;

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function checkSize(path: string, content: string): void {
  const bytes = Buffer.byteLength(content);
  if (bytes <= NOTEBOOK_LIMIT_BYTES) return;
  throw new CellfarmError('C1008', { path, size: `${Math.ceil(bytes / 2 ** 20)} MiB`, limit: '64 MiB' });
}

/** A diagnostic as an error, its words unchanged. */
function asError(diagnostic: Diagnostic): CellfarmError {
  const { code, message, hint, cell, line } = diagnostic;
  return CellfarmError.from({ code, name: CATALOGUE[code].name, message, hint, cell, line });
}

/** The notebook's task graph with every diagnostic, also for one that cannot run. Throws C1008. */
export async function compileNotebook(
  path: string,
  content: string,
  oracle: OracleOptions,
): Promise<TaskGraph> {
  const { snapshot, diagnostics } = parse(path, content);
  if (snapshot === null) {
    const notebook = { path, digest: sha256(content) as NotebookSnapshot['digest'] };
    return { schema: 1, notebook, cells: [], tasks: [], edges: [], loops: [], diagnostics: [...diagnostics] };
  }
  const { graph } = await compileSnapshot(snapshot, oracle);
  return { ...graph, diagnostics: [...diagnostics, ...targetDiagnostics(graph), ...graph.diagnostics] };
}

/** The frozen notebook and its task graph. Throws the first error found: C1003 to C1104 and C2001. */
export async function prepareNotebook(
  path: string,
  content: string,
  oracle: OracleOptions,
): Promise<Prepared> {
  const snapshot = freeze(path, content);
  const compiled = await compileSnapshot(snapshot, oracle);
  const error = compiled.graph.diagnostics.find((diagnostic) => diagnostic.severity === 'error');
  if (error) throw asError(error);
  return { snapshot, compiled };
}

/** The frozen notebook. Throws C1003 to C1104. */
export function freeze(path: string, content: string): NotebookSnapshot {
  const { snapshot, diagnostics } = parse(path, content);
  const error = diagnostics.find((diagnostic) => diagnostic.severity === 'error');
  if (error) throw asError(error);
  if (snapshot === null) throw new CellfarmError('C1006', { path, detail: 'it cannot be read' });
  return snapshot;
}

function parse(path: string, content: string): ReturnType<typeof parseNotebook> {
  checkSize(path, content);
  return parseNotebook(path, content, { sha256, targets: knownTargets(path) });
}

async function compileSnapshot(snapshot: NotebookSnapshot, oracle: OracleOptions): Promise<Compiled> {
  const answers = await askOracle(oracle, cellsNeedingOracle(snapshot));
  return compile(snapshot, { answers });
}
