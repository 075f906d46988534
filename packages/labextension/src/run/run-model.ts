// One run as the panels and the notebook see it: the fold of its events, kept up to date by the live feed. Tells of
// changes at most four times a second; each batch of events is told at once to who wants every one.
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
import { Attempts } from './attempts.js';
import { cellNodes } from './cell-nodes.js';
import type { CellNode } from './cell-nodes.js';
import { planCells } from './plan-cells.js';
import type { PlanCell } from './plan-cells.js';
import type { RunSource } from './run-source.js';

const REPAINT_MS = 250;

export class RunModel implements IDisposable, RunSource {
  readonly view: RunView = emptyRunView();
  readonly attempts = new Attempts();
  graph: TaskGraph | null = null;
  cells: readonly PlanCell[] = [];
  feedState: FeedState = 'away';
  problem: Problem | null = null;
  private readonly feed: LiveFeed;
  private timer: number | null = null;
  private readonly changes = new Signal<this, void>(this);
  private readonly batches = new Signal<this, readonly RunEvent[]>(this);
  private disposed = false;

  /** Resolves when the run is finished, all of its events are here, and its plan. */
  readonly finished: Promise<RunView>;
  private end: () => void = () => undefined;

  constructor(
    readonly run: string,
    private readonly client: ServiceClient,
  ) {
    this.feed = new LiveFeed({
      open: (after) => client.feed(run, after),
      onEvents: (events) => this.take(events),
      onState: (state) => this.feedBecame(state),
      later: (callback, ms) => {
        const timer = window.setTimeout(callback, ms);
        return () => window.clearTimeout(timer);
      },
    });
    const ended = new Promise<void>((resolve) => (this.end = resolve));
    this.finished = Promise.all([ended, this.loadPlan()]).then(() => this.view);
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

  async cancel(): Promise<void> {
    await this.client.cancel(this.run);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.feed.stop();
    if (this.timer !== null) window.clearTimeout(this.timer);
    Signal.clearData(this);
  }

  private async loadPlan(): Promise<void> {
    try {
      const [graph, notebook] = await Promise.all([
        this.client.graph(this.run),
        this.client.notebook(this.run),
      ]);
      this.graph = graph;
      this.cells = planCells(graph, titledCells((notebook as { cells: SourceCell[] }).cells));
    } catch (cause) {
      this.problem = problemFrom(cause);
    }
    this.repaintSoon();
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
    this.repaintSoon();
  }

  private repaintSoon(): void {
    if (this.disposed || this.timer !== null) return;
    this.timer = window.setTimeout(() => {
      this.timer = null;
      this.changes.emit();
    }, REPAINT_MS);
  }
}
