// Brings a cell of an open notebook, or one line of it, into sight.
import type { NotebookPanel } from '@jupyterlab/notebook';
import { findCell } from './find-cell.js';
import type { KnownCell } from './find-cell.js';

/** Scrolls a cell into view and makes it the active one; `focus` moves the keyboard there too. */
export async function revealCell(panel: NotebookPanel, known: KnownCell, focus: boolean): Promise<void> {
  const cell = panel.content.model && findCell(panel.content.model, known);
  if (!cell) return;
  const at = panel.content.widgets.findIndex(({ model }) => model === cell);
  if (at < 0) return;
  panel.content.deselectAll();
  panel.content.activeCellIndex = at;
  await panel.content.scrollToItem(at, 'smart');
  if (focus) panel.content.activate();
}

/** Puts the cursor at the begin of a line of a cell, ready to type. @param line from 1 */
export async function revealLine(panel: NotebookPanel, known: KnownCell, line: number): Promise<void> {
  await revealCell(panel, known, false);
  const { activeCell } = panel.content;
  await activeCell?.ready;
  const editor = activeCell?.editor;
  if (!editor) return;
  const position = { line: Math.min(line, editor.lineCount) - 1, column: 0 };
  panel.content.mode = 'edit';
  editor.setCursorPosition(position);
  editor.revealPosition(position);
  editor.focus();
}
