// Keeps the chips and notes of one open notebook: makes, updates and takes them away as tags and the run change. What
// they say is `chip-view` and `cell-note`; this only knows where in a cell they go.
import { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { PanelLayout } from '@lumino/widgets';
import type { ReactElement } from 'react';
import { findCell } from '../notebook/find-cell.js';
import type { CellNode } from '../run/cell-nodes.js';
import type { RunModel } from '../run/run-model.js';
import type { RunStore } from '../run/run-store.js';
import { TAGS_KEY } from '../tags/cell-tags.js';
import { decoratorNames, setInCode } from '../tags/set-in-code.js';
import type { DecoratorNames } from '../tags/set-in-code.js';
import { cellNote } from './cell-note.js';
import { Chip } from './chip.js';
import { chipView } from './chip-view.js';
import { Mark } from './mark.js';
import { Note } from './note.js';

export interface CellMarksOptions {
  readonly panel: NotebookPanel;
  readonly runs: RunStore;
  readonly trans: TranslationBundle;
  readonly onGraph: (run: string | null) => void;
  readonly onCancel: () => void;
  readonly onAgain: () => void;
  readonly onTags: () => void;
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
    Signal.clearData(this);
  }

  private refresh(): void {
    const { panel } = this.options;
    if (panel.isDisposed) return;
    const now = this.model?.view.finishedAt ?? Date.now();
    const nodes = this.model?.nodes(now) ?? [];
    const nodeOf = this.nodesByCell(nodes);
    const cells = panel.content.widgets.filter((cell): cell is CodeCell => cell instanceof CodeCell);
    const names = decoratorNames(cells.map(({ model }) => model.sharedModel.getSource()));
    for (const cell of cells) {
      const node = nodeOf.get(cell.model.id) ?? null;
      cell.inViewportChanged.connect(this.soon, this); // it has no place for a mark before it was in sight
      this.refreshChip(cell, names, node, now);
      this.refreshNote(cell, node, nodes);
    }
    for (const marks of [this.chips, this.notes]) {
      for (const cell of [...marks.keys()]) if (cell.isDisposed) marks.delete(cell);
    }
  }

  /** Nodes by the id of the cell that is open here. */
  private nodesByCell(nodes: readonly CellNode[]): Map<string, CellNode> {
    const notebook = this.options.panel.content.model;
    return new Map(
      nodes.flatMap((node): [string, CellNode][] => {
        const cell = notebook && findCell(notebook, node.cell);
        return cell ? [[cell.id, node]] : [];
      }),
    );
  }

  private refreshChip(cell: CodeCell, names: DecoratorNames, node: CellNode | null, now: number): void {
    const { trans, onTags, panel } = this.options;
    const inCode = setInCode(cell.model.sharedModel.getSource(), names);
    const view = chipView(cell.model.getMetadata(TAGS_KEY), inCode, node, trans, now);
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
    const { trans, onGraph, ...act } = this.options;
    const shown = model && node && !this.dismissed.has(this.keyOf(cell));
    const note = shown ? cellNote(node, nodes, model.view, trans) : null;
    const dismiss = (): void => {
      this.dismissed.add(this.keyOf(cell));
      this.soon();
    };
    const place = cell.layout as PanelLayout | undefined;
    this.put(this.notes, cell, place, note, (view) => (
      <Note
        note={view}
        {...act}
        onGraph={() => onGraph(this.model?.run ?? null)}
        onDismiss={dismiss}
        words={trans}
      />
    ));
  }

  private keyOf(cell: CodeCell): string {
    return `${this.model?.run ?? ''} ${cell.model.id}`;
  }

  private put<T>(
    marks: Map<CodeCell, Mark>,
    cell: CodeCell,
    place: PanelLayout | undefined,
    view: T | null,
    draw: (view: T) => ReactElement,
  ): void {
    const mark = marks.get(cell);
    if (view === null || !place) {
      mark?.dispose();
      marks.delete(cell);
    } else if (mark) {
      mark.say(JSON.stringify(view), draw(view));
    } else {
      const made = new Mark(JSON.stringify(view), draw(view));
      place.addWidget(made);
      marks.set(cell, made);
    }
  }
}
