// Everything that is fixed about a run before its first instruction: the frozen notebook, what the compiler made of it, the interpreter
// and the options with their defaults. A resumed run gets the same plan from the journal's copy of the notebook.
import type { Compiled, NotebookSnapshot, RunId, TargetName } from '@cellfarm/protocol';
import type { Interpreter } from '../kernels/interpreter.js';
import type { RunSettings } from './desk.js';

export interface RunPlan {
  readonly run: RunId;
  readonly snapshot: NotebookSnapshot;
  /** The notebook file's own text. */
  readonly text: string;
  readonly compiled: Compiled;
  readonly interpreter: Interpreter;
  readonly target: TargetName;
  readonly settings: RunSettings;
}
