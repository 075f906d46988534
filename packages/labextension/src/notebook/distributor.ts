// One press of Distribute, from the button to the run: save, compile, ask, start, follow. Knows the order of these steps;
// the plan's words, the outputs and the panels are others'.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { TaskGraph } from '@cellfarm/protocol';
import { problemFrom } from '../client/problem.js';
import { showProblem } from '../parts/problem-dialog.js';
import { forecast } from '../plan/forecast.js';
import type { Forecast } from '../plan/forecast.js';
import { planView } from '../plan/plan-view.js';
import { CommandIds } from '../plugins/command-ids.js';
import type { ICellfarm, ISettings } from '../plugins/tokens.js';
import { planCells } from '../run/plan-cells.js';
import type { PlanCell } from '../run/plan-cells.js';
import { planSource } from '../run/plan-source.js';
import type { RunModel } from '../run/run-model.js';
import { tellEnd } from '../run/tell-end.js';
import { TAGS_KEY, declaredTags, isTagged } from '../tags/cell-tags.js';
import { titledCells } from './cell-titles.js';
import type { SourceCell } from './cell-titles.js';
import { Memory } from './memory.js';
import { NotebookRun } from './notebook-run.js';

export interface DistributorOptions {
  readonly app: JupyterFrontEnd;
  readonly cellfarm: ICellfarm;
  readonly settings: ISettings;
  readonly trans: TranslationBundle;
  readonly state: IStateDB | null;
}

/** A notebook as it is compiled and run: what the service needs, frozen at one moment. */
interface Frozen {
  /** Absolute path on the server. */
  readonly path: string;
  readonly content: string;
}

/** How long a service that is just starting is waited for. */
const START_WAIT_MS = 30_000;

export class Distributor {
  private readonly memory: Memory;
  private readonly pressed = new Set<string>();

  constructor(private readonly options: DistributorOptions) {
    this.memory = new Memory(options.state);
  }

  /** The run of this notebook that is not over; null when there is none. */
  running(panel: NotebookPanel | null): RunModel | null {
    const model = panel && this.options.cellfarm.runs.latestOf(panel.context.path);
    return model?.view.state === 'running' ? model : null;
  }

  async distribute(panel: NotebookPanel | null): Promise<void> {
    if (!panel || this.pressed.has(panel.context.path)) return;
    if (this.running(panel)) {
      await this.show();
      return;
    }
    const { path } = panel.context;
    this.pressed.add(path);
    try {
      await this.saveAskAndStart(panel);
    } catch (cause) {
      await showProblem(problemFrom(cause), this.options.trans);
    } finally {
      this.pressed.delete(path);
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

  async askAgain(panel: NotebookPanel | null): Promise<void> {
    if (panel) await this.memory.change(panel.context.path, { ask: true });
  }

  /** An opened notebook: a run of it that goes on, or whose end this page has not shown yet, is taken up again. */
  async welcome(panel: NotebookPanel): Promise<void> {
    await panel.context.ready;
    await panel.revealed;
    const { path } = panel.context;
    // Nobody's service is started for a notebook that has nothing to do with cellfarm.
    if (!hasTags(panel) && (await this.memory.of(path)).run === null) return;
    const found = await this.runToShow(panel);
    if (found !== null && !panel.isDisposed) this.follow(panel, found);
  }

  private async saveAskAndStart(panel: NotebookPanel): Promise<void> {
    if (!(await this.serviceIsReady())) return;
    if (panel.context.model.dirty) await panel.context.save();
    const frozen = await this.freeze(panel);
    const graph = await this.options.cellfarm.client.compile(frozen.path, frozen.content);
    const choice = await this.ask(panel, frozen, graph, (await this.memory.of(panel.context.path)).ask);
    if (choice === 'run') await this.start(panel, frozen);
  }

  private async start(panel: NotebookPanel, frozen: Frozen): Promise<void> {
    const { client } = this.options.cellfarm;
    const workers = await this.options.settings.workers();
    const person = this.options.app.serviceManager.user.identity;
    const { run } = await client.start(frozen.path, frozen.content, {
      ...(workers === null ? {} : { workers }),
      ...(person ? { startedBy: person.display_name || person.username } : {}),
    });
    await this.memory.change(panel.context.path, { run });
    this.follow(panel, run);
    if (await this.options.settings.openRunPanel()) await this.show();
  }

  /** @param always whether to ask a trusted notebook without errors, too */
  private async ask(
    panel: NotebookPanel,
    frozen: Frozen,
    graph: TaskGraph,
    always = true,
  ): Promise<'cancel' | 'dry-run' | 'run'> {
    const { trans } = this.options;
    const trusted = isTrusted(panel);
    const expected = await this.expected(frozen.path);
    const cells = cellsOf(graph, frozen);
    const plan = planView(graph, cells, expected, trans);
    if (!always && trusted && plan.runnable) return 'run';
    const { askPlan } = await import('../plan/plan-dialog.js');
    const name = PathExt.basename(panel.context.path);
    const answer = await askPlan({ name, plan, forecast: expected, trusted, trans });
    if (answer.choice === 'run' && answer.dontAskAgain) {
      await this.memory.change(panel.context.path, { ask: false });
    }
    if (answer.choice === 'dry-run') await this.showPlan(frozen.path, graph, cells);
    return answer.choice;
  }

  private async freeze(panel: NotebookPanel): Promise<Frozen> {
    const { app, cellfarm } = this.options;
    const local = app.serviceManager.contents.localPath(panel.context.path);
    return { path: await cellfarm.client.path(local), content: panel.context.model.toString() };
  }

  /** From the last run of the notebook that came to its end; null when there is none. */
  private async expected(path: string): Promise<Forecast | null> {
    const { client } = this.options.cellfarm;
    const runs = (await client.runs()).filter(({ notebook, state }) => notebook === path && state === 'done');
    const last = runs.sort((a, b) => b.startedAt - a.startedAt)[0];
    return last ? forecast(await client.record(last.run)) : null;
  }

  private follow(panel: NotebookPanel, run: string): void {
    const { cellfarm, app, trans } = this.options;
    const { path } = panel.context;
    const since = Date.now();
    const model = cellfarm.runs.attach(path, run);
    const shown = new NotebookRun(panel, model);
    void model.finished.then(async (view) => {
      shown.finish();
      app.commands.notifyCommandChanged(CommandIds.cancelRun);
      await this.memory.change(path, { run: null });
      if ((view.finishedAt ?? 0) > since) tellEnd(view, model.cells, trans, () => void this.show());
    });
    app.commands.notifyCommandChanged(CommandIds.cancelRun);
  }

  /**
   * The latest run of a notebook, if it goes on, or if it ended after the file was saved: then its outputs were never
   * kept. Null otherwise.
   */
  private async runToShow(panel: NotebookPanel): Promise<string | null> {
    const { client } = this.options.cellfarm;
    try {
      if (!(await this.waitForService())) return null;
      const local = this.options.app.serviceManager.contents.localPath(panel.context.path);
      const absolute = await client.path(local);
      const runs = (await client.runs()).filter(({ notebook }) => notebook === absolute);
      const last = runs.sort((a, b) => b.startedAt - a.startedAt)[0];
      const saved = Date.parse(panel.context.contentsModel?.last_modified ?? '');
      const unseen = last?.state === 'running' || (last?.finishedAt ?? 0) > saved;
      return last && unseen ? last.run : null;
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

  private async show(): Promise<void> {
    const { commands } = this.options.app;
    if (commands.hasCommand(CommandIds.showRun)) await commands.execute(CommandIds.showRun);
  }
}

function cellsOf(graph: TaskGraph, { content }: Frozen): PlanCell[] {
  return planCells(graph, titledCells((JSON.parse(content) as { cells: SourceCell[] }).cells));
}

function hasTags(panel: NotebookPanel): boolean {
  return [...(panel.content.model?.cells ?? [])].some(
    ({ sharedModel }) =>
      isTagged(sharedModel.getMetadata(TAGS_KEY)) || declaredTags(sharedModel.getSource()) !== null,
  );
}

function isTrusted(panel: NotebookPanel): boolean {
  return [...(panel.content.model?.cells ?? [])].every((cell) => cell.type !== 'code' || cell.trusted);
}
