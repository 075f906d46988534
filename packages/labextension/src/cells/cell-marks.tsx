// Keeps the chips and notes of one open notebook: makes, updates and takes them away as tags and the run change. What
// they say is `chip-view` and `cell-note`; this only knows where in a cell they go.
import { ReactWidget } from '@jupyterlab/apputils';
import { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { PanelLayout } from '@lumino/widgets';
import type { ReactElement } from 'react';
import type { CellNode } from '../run/cell-nodes.js';
import type { RunModel } from '../run/run-model.js';
import type { RunStore } from '../run/run-store.js';
import { TAGS_KEY } from '../tags/cell-tags.js';
import { cellNote } from './cell-note.js';
import { Chip } from './chip.js';
import { chipView } from './chip-view.js';
import { Note } from './note.js';

export interface CellMarksOptions {
  readonly panel: NotebookPanel;
  readonly runs: RunStore;
  readonly trans: TranslationBundle;
  readonly onGraph: () => void;
  readonly onCancel: () => void;
  readonly onAgain: () => void;
  readonly onTags: () => void;
}

/** One chip or note that is in a cell, and what it says, so that it is drawn again only when that changes. */
interface Mark {
  readonly widget: ReactWidget;
  readonly said: string;
}

const PAUSE_MS = 60;
/** Pixels of a notebook below which a chip would cover code: it keeps to the role and the icon of the state. */
const ROOM_FOR_WORDS = 720;

export class CellMarks {
  private readonly chips = new Map<CodeCell, Mark>();
  private readonly notes = new Map<CodeCell, Mark>();
  /** Notes that somebody closed, by run and cell. */
  private readonly dismissed = new Set<string>();
  private model: RunModel | null = null;
  private timer: number | null = null;

  constructor(private readonly options: CellMarksOptions) {
    const { panel, runs } = options;
    panel.content.modelContentChanged.connect(this.soon, this);
    panel.content.activeCellChanged.connect(this.soon, this);
    runs.attached.connect(this.follow, this);
    panel.disposed.connect(() => this.leave(), this);
    this.follow();
  }

  private readonly follow = (): void => {
    const { panel, runs } = this.options;
    const model = runs.latestOf(panel.context.path);
    if (model === this.model) return this.soon();
    this.model?.changed.disconnect(this.soon, this);
    this.model = model;
    model?.changed.connect(this.soon, this);
    this.soon();
  };

  private readonly soon = (): void => {
    this.timer ??= window.setTimeout(() => {
      this.timer = null;
      this.refresh();
    }, PAUSE_MS);
  };

  private leave(): void {
    if (this.timer !== null) window.clearTimeout(this.timer);
    this.model?.changed.disconnect(this.soon, this);
    this.options.runs.attached.disconnect(this.follow, this);
  }

  private refresh(): void {
    const { panel } = this.options;
    if (panel.isDisposed) return;
    const now = this.model?.view.finishedAt ?? Date.now();
    const nodes = this.model?.nodes(now) ?? [];
    const byId = new Map(nodes.map((node) => [node.cell.id, node]));
    const cells = panel.content.widgets.filter((cell): cell is CodeCell => cell instanceof CodeCell);
    for (const cell of cells) {
      const node = byId.get(cell.model.id) ?? null;
      cell.inViewportChanged.connect(this.soon, this); // it has no place for a mark before it was in sight
      this.refreshChip(cell, node, now);
      this.refreshNote(cell, node, nodes);
    }
    for (const marks of [this.chips, this.notes]) {
      for (const cell of [...marks.keys()]) if (cell.isDisposed) marks.delete(cell);
    }
  }

  private refreshChip(cell: CodeCell, node: CellNode | null, now: number): void {
    const { trans, onTags, panel } = this.options;
    const source = cell.model.sharedModel.getSource();
    const view = chipView(source, cell.model.getMetadata(TAGS_KEY), node, trans, now);
    const compact = panel.content.node.clientWidth < ROOM_FOR_WORDS;
    const open = (): void => {
      panel.content.activeCellIndex = panel.content.widgets.indexOf(cell);
      onTags();
    };
    const place = cell.inputArea?.layout as PanelLayout | undefined;
    this.put(this.chips, cell, place, view && { ...view, compact }, (shown) => (
      <Chip view={shown} compact={shown.compact} onClick={open} words={trans} />
    ));
  }

  private refreshNote(cell: CodeCell, node: CellNode | null, nodes: readonly CellNode[]): void {
    const { model } = this;
    const { trans, ...act } = this.options;
    const key = `${model?.run ?? ''} ${cell.model.id}`;
    const note = model && node && !this.dismissed.has(key) ? cellNote(node, nodes, model.view, trans) : null;
    const dismiss = (): void => {
      this.dismissed.add(key);
      this.soon();
    };
    const place = cell.layout as PanelLayout | undefined;
    this.put(this.notes, cell, place, note, (shown) => (
      <Note note={shown} {...act} onDismiss={dismiss} words={trans} />
    ));
  }

  private put<T>(
    marks: Map<CodeCell, Mark>,
    cell: CodeCell,
    place: PanelLayout | undefined,
    view: T | null,
    draw: (view: T) => ReactElement,
  ): void {
    const mark = marks.get(cell);
    const said = view === null ? '' : JSON.stringify(view);
    if ((mark?.said ?? '') === said) return;
    mark?.widget.dispose();
    marks.delete(cell);
    if (view === null || !place) return;
    const widget = ReactWidget.create(draw(view));
    widget.addClass('cellfarm-Mark');
    place.addWidget(widget);
    marks.set(cell, { widget, said });
  }
}
