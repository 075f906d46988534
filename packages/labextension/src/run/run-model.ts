// One run as the panels and the notebook see it: the fold of its events, kept up to date by the live feed. Tells of
// changes at most four times a second; each batch of events is told at once to who wants every one. How long it is kept
// is `run-store`'s to say.
import { emptyRunView, applyEvent } from '@cellfarm/protocol';
import type { RunEvent, RunView, TaskGraph } from '@cellfarm/protocol';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { LiveFeed } from '../client/live-feed.js';
import type { FeedState } from '../client/live-feed.js';
import { problemFrom } from '../client/problem.js';
import type { Problem } from '../client/problem.js';
import type { ServiceClient } from '../client/service-client.js';
import { titledCells } from '../notebook/cell-titles.js';
import type { SourceCell } from '../notebook/cell-titles.js';
import type { Words } from '../text/words.js';
import { Attempts } from './attempts.js';
import { cellNodes } from './cell-nodes.js';
import type { CellNode } from './cell-nodes.js';
import { planCells } from './plan-cells.js';
import type { PlanCell } from './plan-cells.js';
import type { RunSource } from './run-source.js';

const REPAINT_MS = 250;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
const NOT_FOUND = 404;

export class RunModel implements IDisposable, RunSource {
  readonly view: RunView = emptyRunView();
  readonly attempts = new Attempts();
  graph: TaskGraph | null = null;
  cells: readonly PlanCell[] = [];
  feedState: FeedState = 'away';
  problem: Problem | null = null;
  gone = false;
  private readonly feed: LiveFeed;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readonly changes = new Signal<this, void>(this);
  private readonly batches = new Signal<this, readonly RunEvent[]>(this);
  private disposed = false;

  /** Resolves when the run is finished, all of its events are here, and its plan; to null when nobody will know of it. */
  readonly finished: Promise<RunView | null>;
  private readonly stopped: Promise<null>;
  private end: () => void = () => undefined;
  private stop: () => void = () => undefined;

  constructor(
    readonly run: string,
    private readonly client: ServiceClient,
    private readonly words: Words,
  ) {
    this.feed = new LiveFeed({
      open: (after) => client.feed(run, after),
      onEvents: (events) => this.take(events),
      onState: (state) => this.feedBecame(state),
      later: (callback, ms) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    });
    const ended = new Promise<void>((resolve) => (this.end = resolve));
    this.stopped = new Promise<null>((resolve) => (this.stop = () => resolve(null)));
    const complete = Promise.all([ended, this.loadPlan()]).then(() => (this.graph ? this.view : null));
    this.finished = Promise.race([complete, this.stopped]);
  }

  /** At most four times a second, and once more at the end. */
  get changed(): ISignal<this, void> {
    return this.changes;
  }

  /** Every batch of events as it arrives, after it was folded. */
  get arrived(): ISignal<this, readonly RunEvent[]> {
    return this.batches;
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  nodes(now: number = Date.now()): CellNode[] {
    return cellNodes(this.cells, this.view, now);
  }

  /** Calls the run's cells by the ids that they have in the document which shows it. */
  nameCells(cells: readonly PlanCell[]): void {
    this.cells = cells;
    this.repaintSoon();
  }

  async cancel(): Promise<void> {
    await this.client.cancel(this.run);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.feed.stop();
    this.stop();
    if (this.timer !== null) clearTimeout(this.timer);
    Signal.clearData(this);
  }

  /** Asked until it is there: without it no output finds its cell. */
  private async loadPlan(): Promise<void> {
    for (let waitMs = FIRST_WAIT_MS; !this.over; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        await this.readPlan();
        return;
      } catch (cause) {
        this.failed(problemFrom(cause));
      }
      await Promise.race([this.stopped, new Promise((resolve) => setTimeout(resolve, waitMs))]);
    }
  }

  private async readPlan(): Promise<void> {
    const [graph, notebook] = await Promise.all([
      this.client.graph(this.run),
      this.client.notebook(this.run),
    ]);
    this.graph = graph;
    this.cells = planCells(graph, titledCells((notebook as { cells: SourceCell[] }).cells, this.words));
    this.problem = null;
    this.repaintSoon();
  }

  /** The feed is cut and tries again by itself; but a run that was deleted never comes back. */
  private async lookWhetherGone(): Promise<void> {
    try {
      await this.client.record(this.run);
    } catch (cause) {
      const problem = problemFrom(cause);
      if (problem.status === NOT_FOUND) this.failed(problem);
    }
  }

  private failed(problem: Problem): void {
    this.problem = problem;
    if (problem.status === NOT_FOUND) {
      this.gone = true;
      this.feed.stop();
      this.feedState = 'ended';
      this.stop();
    }
    this.repaintSoon();
  }

  private get over(): boolean {
    return this.gone || this.disposed;
  }

  private take(events: readonly RunEvent[]): void {
    for (const event of events) {
      applyEvent(this.view, event);
      this.attempts.apply(event);
    }
    this.batches.emit(events);
    this.repaintSoon();
    if (this.view.finishedAt !== null) this.end();
  }

  private feedBecame(state: FeedState): void {
    this.feedState = state;
    if (state === 'away' && this.graph !== null) void this.lookWhetherGone();
    this.repaintSoon();
  }

  private repaintSoon(): void {
    if (this.disposed || this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.changes.emit();
    }, REPAINT_MS);
  }
}
