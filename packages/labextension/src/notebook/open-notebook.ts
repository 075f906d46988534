// What is asked of a notebook that is open, before anything of it runs.
import type { NotebookPanel } from '@jupyterlab/notebook';
import { TAGS_KEY, isTagged } from '../tags/cell-tags.js';
import { decoratorNames, setInCode } from '../tags/set-in-code.js';

/** Whether it has to do with cellfarm at all. */
export function hasTags(panel: NotebookPanel): boolean {
  const cells = [...(panel.content.model?.cells ?? [])].map(({ sharedModel }) => sharedModel);
  const names = decoratorNames(cells.map((cell) => cell.getSource()));
  return cells.some(
    (cell) => isTagged(cell.getMetadata(TAGS_KEY)) || setInCode(cell.getSource(), names).length > 0,
  );
}

/** Whether JupyterLab trusts every code cell. */
export function isTrusted(panel: NotebookPanel): boolean {
  return [...(panel.content.model?.cells ?? [])].every((cell) => cell.type !== 'code' || cell.trusted);
}
