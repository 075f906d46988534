// Opens the panels of runs, each once, beside the notebook they belong to.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { revealCell } from '../notebook/reveal-cell.js';
import { farmIcon } from '../parts/icons.js';
import { CommandIds } from '../plugins/command-ids.js';
import type { ICellfarm } from '../plugins/tokens.js';
import type { RunModel } from '../run/run-model.js';
import { runName } from '../run/run-name.js';
import type { RunSource } from '../run/run-source.js';
import { openWidgets, place, show } from './place.js';

export interface RunPanelsOptions {
  readonly app: JupyterFrontEnd;
  readonly cellfarm: ICellfarm;
  readonly notebooks: INotebookTracker;
  readonly trans: TranslationBundle;
  readonly tracker: WidgetTracker<MainAreaWidget>;
}

const EMPTY_ID = 'cellfarm-run-none';
const RUNS_ID = 'cellfarm-runs-panel';
const PANEL_ID = /^cellfarm-(run|plan)-/;

export class RunPanels {
  private readonly runs = new WeakMap<MainAreaWidget, string>();

  constructor(private readonly options: RunPanelsOptions) {}

  /** Id of the run that a panel shows; null for the empty panel. */
  runOf(widget: MainAreaWidget): string | null {
    return this.runs.get(widget) ?? null;
  }

  /** @param run null: the latest run of the current notebook, or what to do first where there is none */
  async showRun(run: string | null): Promise<void> {
    const { cellfarm, notebooks } = this.options;
    const path = notebooks.currentWidget?.context.path;
    const model = run === null ? path && cellfarm.runs.latestOf(path) : cellfarm.runs.open(run);
    const id = model ? `cellfarm-run-${model.run}` : EMPTY_ID;
    const open = this.find(id) ?? (await this.create(id, model || null));
    const before = model ? this.replaced(model, open) : [];
    this.add(open, before[0] ?? null);
    for (const widget of before) widget.dispose();
  }

  async showRuns(): Promise<void> {
    const { app, cellfarm, trans } = this.options;
    const open = openWidgets(app.shell).find(({ id }) => id === RUNS_ID);
    if (open) {
      show(app.shell, open);
      return;
    }
    const { RunsWidget } = await import('./runs-widget.js');
    const content = new RunsWidget({
      client: cellfarm.client,
      trans,
      onOpen: (run) => void this.showRun(run),
      onRetry: (run) => this.retry(run),
      onExample: () => this.openExample(),
    });
    const widget = new MainAreaWidget({ content });
    widget.id = RUNS_ID;
    widget.toolbar.hide();
    place(app.shell, widget);
    show(app.shell, widget);
  }

  /** The last dry run of a notebook, by the absolute path of its file. */
  async showPlan(path: string): Promise<void> {
    const source = this.options.cellfarm.runs.plans.get(path);
    if (!source) return;
    const id = `cellfarm-plan-${path}`;
    const before = this.find(id);
    this.add(await this.create(id, source), before);
    before?.dispose();
  }

  private async create(id: string, source: RunSource | null): Promise<MainAreaWidget> {
    const { cellfarm, trans } = this.options;
    const { RunWidget } = await import('./run-widget.js');
    const content = new RunWidget({
      source,
      client: cellfarm.client,
      trans,
      onExample: () => this.openExample(),
      onReveal: (shown, cellId, focus) => void this.reveal(shown, cellId, focus),
      onRetry: (run) => this.retry(run),
    });
    const widget = new MainAreaWidget({ content });
    widget.id = id;
    widget.toolbar.hide();
    widget.title.icon = farmIcon;
    widget.title.closable = true;
    if (source?.run) {
      this.runs.set(widget, source.run);
      cellfarm.runs.keep(source.run, widget);
    }
    this.name(widget, source);
    const rename = (): void => this.name(widget, source);
    source?.changed.connect(rename);
    widget.disposed.connect(() => source?.changed.disconnect(rename));
    return widget;
  }

  private name(widget: MainAreaWidget, source: RunSource | null): void {
    const { trans } = this.options;
    if (!source) {
      widget.title.label = trans.__('Run');
      return;
    }
    const notebook = PathExt.basename(source.view.notebook, '.ipynb');
    const name = source.run === null ? trans.__('Plan') : runName(source.run, trans);
    widget.title.label = notebook === '' ? name : `${name}: ${notebook}`;
    widget.title.caption = source.view.notebook;
  }

  /** Panels whose place a run takes: the empty one, and those of earlier runs of its notebook that are over. */
  private replaced(model: RunModel, taker: MainAreaWidget): MainAreaWidget[] {
    return this.open().filter((widget) => {
      const run = this.runs.get(widget);
      if (widget === taker || run === undefined) return widget.id === EMPTY_ID;
      const earlier = this.options.cellfarm.runs.open(run);
      const notebook = this.notebookOf(earlier);
      return notebook !== null && earlier.view.finishedAt !== null && notebook === this.notebookOf(model);
    });
  }

  /** @param before a panel whose place is taken; null: beside the notebook */
  private add(widget: MainAreaWidget, before: MainAreaWidget | null): void {
    const { app, notebooks, tracker } = this.options;
    if (!widget.isAttached) {
      const beside = notebooks.currentWidget;
      const tab = before ?? this.open().at(-1);
      const placed = tab?.isAttached
        ? { ref: tab.id, mode: 'tab-after' as const }
        : beside?.isAttached
          ? { ref: beside.id, mode: 'split-right' as const }
          : {};
      place(app.shell, widget, placed);
    }
    if (this.runs.has(widget) && !tracker.has(widget)) void tracker.add(widget);
    show(app.shell, widget);
  }

  /** The panels of runs and plans that are open. */
  private open(): MainAreaWidget[] {
    return openWidgets(this.options.app.shell).filter(
      (widget): widget is MainAreaWidget => widget instanceof MainAreaWidget && PANEL_ID.test(widget.id),
    );
  }

  private find(id: string): MainAreaWidget | null {
    return this.open().find((widget) => widget.id === id) ?? null;
  }

  private async reveal(source: RunSource, cellId: string, focus: boolean): Promise<void> {
    const panel = this.notebookOf(source);
    const known = source.cells.find(({ id }) => id === cellId);
    if (!panel || !known) return;
    if (focus) this.options.app.shell.activateById(panel.id);
    await revealCell(panel, known, focus);
  }

  private notebookOf(source: RunSource): NotebookPanel | null {
    const { cellfarm, notebooks } = this.options;
    return (
      notebooks.find(({ context }) => cellfarm.runs.latestOf(context.path) === (source as RunModel)) ??
      notebooks.find(({ context }) => source.view.notebook.endsWith(`/${context.path}`)) ??
      null
    );
  }

  private retry(run: string): void {
    const { commands } = this.options.app;
    if (commands.hasCommand(CommandIds.retryRun)) void commands.execute(CommandIds.retryRun, { run });
  }

  private openExample(): void {
    const { commands } = this.options.app;
    if (commands.hasCommand(CommandIds.openExample)) void commands.execute(CommandIds.openExample);
  }
}
