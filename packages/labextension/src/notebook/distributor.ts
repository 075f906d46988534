// One press of Distribute, from the button to the run: save, compile, ask, start, follow. Knows the order of these steps;
// the plan's words, the outputs and the panels are others'.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { RunSummary, TaskGraph } from '@cellfarm/protocol';
import { ObservableDisposableDelegate } from '@lumino/disposable';
import { problemFrom } from '../client/problem.js';
import { showProblem } from '../parts/problem-dialog.js';
import { forecast } from '../plan/forecast.js';
import type { Forecast } from '../plan/forecast.js';
import { kernelSizes } from '../plan/kernel-sizes.js';
import { planView, valuesLeaving } from '../plan/plan-view.js';
import type { PlanKnown } from '../plan/plan-view.js';
import { CommandIds } from '../plugins/command-ids.js';
import type { ICellfarm, ISettings } from '../plugins/tokens.js';
import type { PlanCell } from '../run/plan-cells.js';
import { planSource } from '../run/plan-source.js';
import type { RunModel } from '../run/run-model.js';
import { tellEnd } from '../run/tell-end.js';
import { plannedCells, sourceSizes } from './frozen-notebook.js';
import type { FrozenNotebook } from './frozen-notebook.js';
import { Memory } from './memory.js';
import type { NotebookContext } from './notebook-run.js';
import { OpenDocuments } from './open-documents.js';
import { hasTags, isTrusted } from './open-notebook.js';
import { whichCode } from './which-code.js';
import type { WhichCode } from './which-code.js';

export interface DistributorOptions {
  readonly app: JupyterFrontEnd;
  readonly cellfarm: ICellfarm;
  readonly settings: ISettings;
  readonly trans: TranslationBundle;
  readonly state: IStateDB | null;
}

/** How long a service that is just starting is waited for. */
const START_WAIT_MS = 30_000;

export class Distributor {
  private readonly memory: Memory;
  private readonly documents: OpenDocuments;
  private readonly pressed = new Set<NotebookContext>();
  /** Runs that had ended when they were taken up: their events, which say so too, come later. */
  private readonly ended = new Set<string>();

  constructor(private readonly options: DistributorOptions) {
    this.memory = new Memory(options.state);
    this.documents = new OpenDocuments({
      runs: options.cellfarm.runs,
      onRenamed: (from, to) => void this.memory.move(from, to),
    });
  }

  /** The run of this notebook that is not over; null when there is none. */
  running(panel: NotebookPanel | null): RunModel | null {
    const model = panel && this.options.cellfarm.runs.latestOf(panel.context.path);
    return model?.view.state === 'running' && !this.ended.has(model.run) ? model : null;
  }

  async distribute(panel: NotebookPanel | null): Promise<void> {
    if (!panel || this.pressed.has(panel.context)) return;
    const { context } = panel;
    this.pressed.add(context);
    try {
      await this.documents.welcomed(context); // a run of it may go on that this page has not found yet
      const running = this.running(panel);
      if (running) await this.show(running.run);
      else await this.saveAskAndStart(panel);
    } catch (cause) {
      await showProblem(problemFrom(cause), this.options.trans);
    } finally {
      this.pressed.delete(context);
    }
  }

  async dryRun(panel: NotebookPanel | null): Promise<void> {
    if (!panel) return;
    try {
      if (!(await this.serviceIsReady())) return;
      const frozen = await this.freeze(panel);
      const graph = await this.options.cellfarm.client.compile(frozen.path, frozen.content);
      if ((await this.ask(panel, frozen, graph)) === 'run') await this.start(panel, frozen);
    } catch (cause) {
      await showProblem(problemFrom(cause), this.options.trans);
    }
  }

  async cancel(panel: NotebookPanel | null): Promise<void> {
    try {
      await this.running(panel)?.cancel();
    } catch (cause) {
      await showProblem(problemFrom(cause), this.options.trans);
    }
  }

  /** Plays an ended run once more. @param panel the notebook that shows it, which shows the new one then; null: none does */
  async retry(panel: NotebookPanel | null, before: string): Promise<void> {
    try {
      const choice = panel ? await this.whichCode(panel, before) : 'as-it-was';
      if (choice === 'as-it-is') await this.distribute(panel);
      if (choice !== 'as-it-was') return;
      const { run } = await this.options.cellfarm.client.retry(before, this.person());
      if (panel) {
        await this.memory.change(panel.context.path, { run });
        this.follow(panel.context, run);
      }
      await this.show(run);
    } catch (cause) {
      await showProblem(problemFrom(cause), this.options.trans);
    }
  }

  private async whichCode(panel: NotebookPanel, run: string): Promise<WhichCode> {
    const then = await this.options.cellfarm.client.notebook(run);
    return whichCode(then, panel.context.model.toJSON(), this.options.trans);
  }

  private person(): string | null {
    const person = this.options.app.serviceManager.user.identity;
    return person ? person.display_name || person.username : null;
  }

  async askAgain(panel: NotebookPanel | null): Promise<void> {
    if (panel) await this.memory.change(panel.context.path, { ask: true });
  }

  /** An opened notebook: a run of it that goes on, or whose end this page has not shown yet, is taken up again. */
  async welcome(panel: NotebookPanel): Promise<void> {
    await this.documents.meet(panel.context, () => this.takeUp(panel));
  }

  private async takeUp(panel: NotebookPanel): Promise<void> {
    const { context } = panel;
    await context.ready;
    // Nobody's service is started for a notebook that has nothing to do with cellfarm.
    const { run } = await this.memory.of(context.path);
    if (run === null && !hasTags(panel)) return;
    const found = await this.runToShow(context, run);
    if (found !== null && !context.isDisposed) this.follow(context, found);
  }

  private async saveAskAndStart(panel: NotebookPanel): Promise<void> {
    if (!(await this.serviceIsReady())) return;
    if (panel.context.model.dirty) await panel.context.save();
    const frozen = await this.freeze(panel);
    const graph = await this.options.cellfarm.client.compile(frozen.path, frozen.content);
    const choice = await this.ask(panel, frozen, graph, (await this.memory.of(panel.context.path)).ask);
    if (choice === 'run') await this.start(panel, frozen);
  }

  private async start(panel: NotebookPanel, frozen: FrozenNotebook): Promise<void> {
    const { client } = this.options.cellfarm;
    const workers = await this.options.settings.workers();
    const person = this.person();
    const { run } = await client.start(frozen.path, frozen.content, {
      ...(workers === null ? {} : { workers }),
      ...(person === null ? {} : { startedBy: person }),
    });
    await this.memory.change(panel.context.path, { run });
    this.follow(panel.context, run);
    if (await this.options.settings.openRunPanel()) await this.show(run);
  }

  /** @param always whether to ask a trusted notebook without errors, too */
  private async ask(
    panel: NotebookPanel,
    frozen: FrozenNotebook,
    graph: TaskGraph,
    always = true,
  ): Promise<'cancel' | 'dry-run' | 'run'> {
    const { trans } = this.options;
    const trusted = isTrusted(panel);
    const cells = plannedCells(graph, frozen, trans);
    const known = await this.known(panel, frozen, cells);
    const plan = planView(graph, cells, known, trans);
    if (!always && trusted && plan.runnable) return 'run';
    const { askPlan } = await import('../plan/plan-dialog.js');
    const name = PathExt.basename(panel.context.path);
    const answer = await askPlan({ name, plan, forecast: known.forecast, trusted, trans });
    if (answer.choice === 'run' && answer.dontAskAgain) {
      await this.memory.change(panel.context.path, { ask: false });
    }
    if (answer.choice === 'dry-run') await this.showPlan(frozen.path, graph, cells);
    return answer.choice;
  }

  private async known(
    panel: NotebookPanel,
    frozen: FrozenNotebook,
    cells: readonly PlanCell[],
  ): Promise<PlanKnown> {
    const [expected, values] = await Promise.all([
      this.expected(frozen.path),
      kernelSizes(panel.sessionContext.session?.kernel, valuesLeaving(cells)),
    ]);
    return { forecast: expected, values, sources: sourceSizes(frozen) };
  }

  private async freeze(panel: NotebookPanel): Promise<FrozenNotebook> {
    const { app, cellfarm } = this.options;
    const local = app.serviceManager.contents.localPath(panel.context.path);
    return { path: await cellfarm.client.path(local), content: panel.context.model.toString() };
  }

  /** From the last run of the notebook that came to its end; null when there is none, or it cannot be read. */
  private async expected(path: string): Promise<Forecast | null> {
    const { client } = this.options.cellfarm;
    try {
      const runs = (await client.runs()).filter(
        ({ notebook, state }) => notebook === path && state === 'done',
      );
      const last = latestOf(runs);
      return last ? forecast(await client.record(last.run)) : null;
    } catch (cause) {
      console.warn('cellfarm: earlier runs cannot be read, so the plan comes without a forecast', cause);
      return null;
    }
  }

  private follow(context: NotebookContext, run: string): void {
    const { cellfarm, app, trans } = this.options;
    const since = Date.now();
    const shown = this.documents.show(context, run);
    if (!shown) return;
    const following = new ObservableDisposableDelegate(() => undefined);
    cellfarm.runs.keep(run, following); // its end is told even where the notebook was closed meanwhile
    void shown.model.finished.then(async (view) => {
      shown.finish();
      app.commands.notifyCommandChanged(CommandIds.cancelRun);
      await this.memory.forget(context.path, run);
      if (view && (view.finishedAt ?? 0) > since) {
        tellEnd(view, shown.model.cells, trans, () => void this.show(run));
      }
      following.dispose();
    });
    app.commands.notifyCommandChanged(CommandIds.cancelRun);
  }

  /**
   * The latest run of a notebook, if it goes on, or if it ended after the file was saved: then its outputs were never
   * kept. Null otherwise.
   *
   * @param remembered a run that was started from it, perhaps under another name
   */
  private async runToShow(context: NotebookContext, remembered: string | null): Promise<string | null> {
    const { client } = this.options.cellfarm;
    try {
      if (!(await this.waitForService())) return null;
      const local = this.options.app.serviceManager.contents.localPath(context.path);
      const absolute = await client.path(local);
      const runs = await client.runs();
      const last = latestOf(runs.filter(({ notebook, run }) => notebook === absolute || run === remembered));
      const saved = Date.parse(context.contentsModel?.last_modified ?? '');
      const unseen = last?.state === 'running' || (last?.finishedAt ?? 0) > saved;
      if (!last || !unseen) return null;
      if (last.state !== 'running') this.ended.add(last.run);
      return last.run;
    } catch (cause) {
      console.warn('cellfarm: the runs of this notebook are not known', cause);
      return null;
    }
  }

  /** Shows what is wrong where it is not. */
  private async serviceIsReady(): Promise<boolean> {
    const ready = await this.waitForService();
    if (!ready) await this.show();
    return ready;
  }

  private async waitForService(): Promise<boolean> {
    const { client } = this.options.cellfarm;
    const until = Date.now() + START_WAIT_MS;
    for (;;) {
      const status = await client.status();
      if (status.state === 'ready') return true;
      if (status.state !== 'starting' || Date.now() > until) return false;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  private async showPlan(path: string, graph: TaskGraph, cells: readonly PlanCell[]): Promise<void> {
    this.options.cellfarm.runs.plans.set(path, planSource(path, graph, cells));
    const { commands } = this.options.app;
    if (commands.hasCommand(CommandIds.showRun)) await commands.execute(CommandIds.showRun, { plan: path });
  }

  /** @param run without it, whatever the current notebook shows */
  private async show(run?: string): Promise<void> {
    const { commands } = this.options.app;
    if (commands.hasCommand(CommandIds.showRun)) {
      await commands.execute(CommandIds.showRun, run === undefined ? {} : { run });
    }
  }
}

function latestOf(runs: readonly RunSummary[]): RunSummary | undefined {
  return [...runs].sort((a, b) => b.startedAt - a.startedAt)[0];
}
