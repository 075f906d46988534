// Writes tags into the cells of an open notebook. Several cells, or several fields, are one step of undo.
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { TAGS_KEY, withField } from './cell-tags.js';
import type { Field } from './cell-tags.js';

export function setField(panel: NotebookPanel, cells: readonly Cell[], field: Field, text: string): void {
  inOneStep(panel, cells, (metadata) => withField(metadata, field, text));
}

export function clearTags(panel: NotebookPanel, cells: readonly Cell[]): void {
  inOneStep(panel, cells, () => null);
}

function inOneStep(
  panel: NotebookPanel,
  cells: readonly Cell[],
  change: (metadata: unknown) => Record<string, unknown> | null,
): void {
  const notebook = panel.content.model?.sharedModel;
  notebook?.transact(() => {
    for (const { model } of cells) {
      const changed = change(model.getMetadata(TAGS_KEY));
      if (changed === null) model.deleteMetadata(TAGS_KEY);
      else model.setMetadata(TAGS_KEY, changed);
    }
  });
}

/** The selected code cells of a notebook, in document order. */
export function selectedCodeCells(panel: NotebookPanel): Cell[] {
  return panel.content.widgets.filter(
    (cell) => cell.model.type === 'code' && panel.content.isSelectedOrActive(cell),
  );
}
