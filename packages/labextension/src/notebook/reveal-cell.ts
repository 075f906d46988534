// Brings a cell of an open notebook into sight, by its id, which is what a run knows it by.
import type { NotebookPanel } from '@jupyterlab/notebook';

/** Scrolls a cell into view and makes it the active one; `focus` moves the keyboard there too. */
export async function revealCell(panel: NotebookPanel, id: string, focus: boolean): Promise<void> {
  const at = panel.content.widgets.findIndex((cell) => cell.model.id === id);
  if (at < 0) return;
  panel.content.deselectAll();
  panel.content.activeCellIndex = at;
  await panel.content.scrollToItem(at, 'smart');
  if (focus) panel.content.activate();
}
