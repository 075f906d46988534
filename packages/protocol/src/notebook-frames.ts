// Where in the notebook an exception passed through, read from the traceback as IPython prints it. Pure.

/** What colours text on terminals. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

export interface NotebookFrame {
  /** `In [count]`. */
  readonly count: number;
  /** Line of that cell, from 1. */
  readonly line: number;
}

/** The lines of cells that the traceback goes through; the last one is where the exception was raised. */
export function notebookFrames(traceback: readonly string[]): NotebookFrame[] {
  const plain = traceback.join('\n').replaceAll(COLOUR, '');
  return [...plain.matchAll(/(?:Cell|Input) In ?\[(\d+)\], line (\d+)/g)].map(([, count, line]) => ({
    count: Number(count),
    line: Number(line),
  }));
}
