// The compiler's view of the current notebook while it is edited: asked again a moment after the last change, and only
// while somebody looks.
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TaskGraph } from '@cellfarm/protocol';
import type { Contents } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { ServiceClient } from '../client/service-client.js';

const PAUSE_MS = 1_200;

export class Analysis implements IDisposable {
  graph: TaskGraph | null = null;
  private panel: NotebookPanel | null = null;
  private timer: number | null = null;
  private asked = 0;
  private disposed = false;
  private readonly changes = new Signal<this, void>(this);

  constructor(
    private readonly client: ServiceClient,
    private readonly contents: Contents.IManager,
  ) {}

  get changed(): ISignal<this, void> {
    return this.changes;
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    if (this.timer !== null) window.clearTimeout(this.timer);
    this.panel = null;
    Signal.clearData(this);
  }

  /** @param panel null: nobody looks */
  look(panel: NotebookPanel | null): void {
    if (panel === this.panel || this.disposed) return;
    this.panel?.content.modelContentChanged.disconnect(this.soon, this);
    this.panel = panel;
    this.graph = null;
    panel?.content.modelContentChanged.connect(this.soon, this);
    this.soon();
  }

  private readonly soon = (): void => {
    if (this.timer !== null) window.clearTimeout(this.timer);
    this.timer = null;
    if (this.panel !== null) this.timer = window.setTimeout(() => void this.ask(), PAUSE_MS);
  };

  private async ask(): Promise<void> {
    const { panel } = this;
    if (!panel || panel.isDisposed) return;
    this.asked += 1;
    const turn = this.asked;
    try {
      const { state } = await this.client.status();
      if (state === 'starting') this.soon();
      if (state !== 'ready') return;
      const path = await this.client.path(this.contents.localPath(panel.context.path));
      const graph = await this.client.compile(path, panel.context.model.toString());
      if (turn !== this.asked || panel !== this.panel) return;
      this.graph = graph;
      this.changes.emit();
    } catch (cause) {
      console.debug('cellfarm: the notebook could not be looked at', cause);
    }
  }
}
