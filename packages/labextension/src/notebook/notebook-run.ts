// Brings what a run shows under the cells of an open notebook, as it arrives: outputs, execution counts, the star of a
// running cell. There is one for each document, however many views of it are open: `open-documents` sees to that.
import type { ICodeCellModel } from '@jupyterlab/cells';
import type * as nbformat from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { RunEvent, RunEventOf } from '@cellfarm/protocol';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { RunModel } from '../run/run-model.js';
import { asNamedIn, findCell } from './find-cell.js';
import { outputChange } from './output-steps.js';
import type { OutputStep, ShownOutput } from './output-steps.js';

/** An open document, with all of its views. */
export type NotebookContext = NotebookPanel['context'];

/** How often a chatty cell is brought up to date. */
const EVERY_MS = 100;

export class NotebookRun implements IDisposable {
  private readonly shown = new Map<number, readonly ShownOutput[]>();
  private readonly behind = new Set<number>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private placed = false;
  private disposed = false;

  constructor(
    readonly context: NotebookContext,
    readonly model: RunModel,
  ) {
    model.arrived.connect(this.take, this);
    model.changed.connect(this.catchUp, this);
    context.disposed.connect(() => this.dispose(), this);
    if (model.graph !== null) this.place();
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    Signal.clearData(this);
  }

  /** Shows the rest at once: the run is finished and its plan is known. */
  finish(): void {
    if (this.disposed) return;
    this.catchUp();
    this.update();
    this.endAll();
    this.dispose();
  }

  /**
   * The plan is here, and with it which cell is which: from now on the run's cells bear the ids of this document. What the
   * model folded before (another panel may have opened it) is shown at once. Cells that are still to be played show nothing of before,
   * as after Restart & Run All.
   */
  private place(): void {
    this.placed = true;
    this.model.nameCells(asNamedIn(this.context.model, this.model.cells));
    for (const [cell, { state, executionCount }] of this.model.view.cells) {
      this.begin(cell);
      if (state !== 'running') this.end(cell, executionCount);
      this.behind.add(cell);
    }
    for (const { index } of this.model.cells) if (!this.model.view.cells.has(index)) this.clear(index);
    this.updateSoon();
  }

  private clear(cell: number): void {
    const model = this.cellModel(cell);
    if (!model || (model.outputs.length === 0 && model.executionCount === null)) return;
    model.sharedModel.transact(() => model.clearExecution(), false);
  }

  private readonly catchUp = (): void => {
    if (!this.placed && this.model.graph !== null) this.place();
  };

  private readonly take = (_: RunModel, events: readonly RunEvent[]): void => {
    if (this.placed) this.perform(events);
    else this.catchUp();
  };

  private perform(events: readonly RunEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case 'cell.started':
          this.begin(event.cell);
          break;
        case 'cell.output':
          if (updatesDisplay(event)) for (const cell of this.shown.keys()) this.behind.add(cell);
          this.behind.add(event.cell);
          break;
        case 'cell.replayed':
          this.behind.add(event.cell);
          break;
        case 'cell.finished':
          this.end(event.cell, this.model.view.cells.get(event.cell)?.executionCount ?? null);
          break;
        case 'run.finished':
          this.update();
          this.endAll();
          break;
        default:
      }
    }
    this.updateSoon();
  }

  private begin(cell: number): void {
    const model = this.cellModel(cell);
    if (!model) return;
    model.sharedModel.transact(() => model.clearExecution(), false, 'silent-change');
    model.executionState = 'running';
    model.trusted = true;
    this.shown.set(cell, []);
    this.behind.add(cell);
  }

  private end(cell: number, executionCount: number | null): void {
    const model = this.cellModel(cell);
    if (!model) return;
    model.executionState = 'idle';
    model.executionCount = executionCount;
  }

  private endAll(): void {
    for (const [cell, { executionCount }] of this.model.view.cells) this.end(cell, executionCount);
  }

  private updateSoon(): void {
    if (this.disposed || this.timer !== null || this.behind.size === 0) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.update();
    }, EVERY_MS);
  }

  private update(): void {
    for (const cell of this.behind) {
      const model = this.cellModel(cell);
      if (!model) continue;
      const change = outputChange(this.shown.get(cell) ?? [], this.model.view.outputs.of(cell));
      this.shown.set(cell, change.shown);
      for (const step of change.steps) performStep(model, step);
    }
    this.behind.clear();
  }

  private cellModel(cell: number): ICodeCellModel | null {
    const known = this.model.cells.find(({ index }) => index === cell);
    if (!known || this.context.isDisposed) return null;
    const found = findCell(this.context.model, known);
    return found?.type === 'code' ? (found as ICodeCellModel) : null;
  }
}

/** Whether an output may change a display that another cell showed. */
function updatesDisplay({ output }: RunEventOf<'cell.output'>): boolean {
  return output.type === 'update_display_data' || output.type === 'display_data';
}

function performStep(model: ICodeCellModel, step: OutputStep): void {
  switch (step.type) {
    case 'clear':
      model.outputs.clear();
      return;
    case 'add':
      model.outputs.add(step.output as nbformat.IOutput);
      return;
    case 'set':
      if (step.at < model.outputs.length) model.outputs.set(step.at, step.output as nbformat.IOutput);
      return;
  }
}
