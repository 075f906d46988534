// Whether two notebooks in nbformat 4 hold the same code, whatever their outputs and prose. Pure.

/** The sources of the code cells, in order. */
function codeOf(notebook: unknown): string[] {
  const { cells } = notebook as {
    readonly cells: readonly { readonly cell_type: string; readonly source: string | readonly string[] }[];
  };
  return cells
    .filter(({ cell_type }) => cell_type === 'code')
    .map(({ source }) => (typeof source === 'string' ? source : source.join('')));
}

export function sameCode(one: unknown, other: unknown): boolean {
  return JSON.stringify(codeOf(one)) === JSON.stringify(codeOf(other));
}
