// Finds the cells of an open notebook by their ids, which are what a run knows them by.
import type { Cell } from '@jupyterlab/cells';
import { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';

export function codeCellsById(panel: NotebookPanel): Map<string, CodeCell> {
  const cells = panel.content.widgets.filter((cell): cell is CodeCell => cell instanceof CodeCell);
  return new Map(cells.map((cell) => [cell.model.id, cell]));
}

export function cellById(panel: NotebookPanel, id: string): Cell | null {
  return panel.content.widgets.find((cell) => cell.model.id === id) ?? null;
}

/** Scrolls a cell into view and makes it the active one; `focus` moves the keyboard there too. */
export async function revealCell(panel: NotebookPanel, id: string, focus: boolean): Promise<void> {
  const at = panel.content.widgets.findIndex((cell) => cell.model.id === id);
  if (at < 0) return;
  panel.content.deselectAll();
  panel.content.activeCellIndex = at;
  await panel.content.scrollToItem(at, 'smart');
  if (focus) panel.content.activate();
}
