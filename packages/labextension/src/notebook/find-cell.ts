// Which cell of an open notebook a run, a plan or the compiler means. Files from nbformat 4.5 on name their cells; in older
// ones a cell is known by its position alone, and the ids that JupyterLab makes up for them are gone with the page. Pure.

/** A cell as the service knows it: `id` is the file's own, or made up from the position where the file has none. */
export interface KnownCell {
  /** Position among all cells, from 0. */
  readonly index: number;
  readonly id: string;
}

/** What is needed of an open notebook's model. */
export interface OpenNotebook<Cell extends { readonly id: string }> {
  readonly nbformat: number;
  readonly nbformatMinor: number;
  readonly cells: Iterable<Cell>;
}

/** Null when the cell was deleted meanwhile. */
export function findCell<Cell extends { readonly id: string }>(
  notebook: OpenNotebook<Cell>,
  known: KnownCell,
): Cell | null {
  const cells = [...notebook.cells];
  const named = cells.find(({ id }) => id === known.id);
  return named ?? (keepsIds(notebook) ? null : (cells[known.index] ?? null));
}

/**
 * The same cells under the ids that they have in an open notebook, so that they are found again after cells were moved,
 * added or deleted. Cells that are not there keep the id they had.
 */
export function asNamedIn<Cell extends { readonly id: string }, Known extends KnownCell>(
  notebook: OpenNotebook<Cell>,
  cells: readonly Known[],
): Known[] {
  return cells.map((known) => ({ ...known, id: findCell(notebook, known)?.id ?? known.id }));
}

function keepsIds({ nbformat, nbformatMinor }: OpenNotebook<{ readonly id: string }>): boolean {
  return nbformat > 4 || (nbformat === 4 && nbformatMinor >= 5);
}
