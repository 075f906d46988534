// The runs that this page looks at, one model each however many look, and which run each open notebook shows. A model is
// let go of when the last who looked at it is gone.
import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable, IObservableDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { ServiceClient } from '../client/service-client.js';
import type { Words } from '../text/words.js';
import { RunModel } from './run-model.js';
import type { RunSource } from './run-source.js';

/** What a notebook shows, and what lets go of it. */
interface Latest {
  readonly model: RunModel;
  readonly hold: IDisposable;
}

export class RunStore {
  private readonly models = new Map<string, RunModel>();
  private readonly holds = new Map<string, Set<IDisposable>>();
  private readonly latest = new Map<string, Latest>();
  /** The last dry run of each notebook, by the absolute path of its file. */
  readonly plans = new Map<string, RunSource>();
  private readonly attachments = new Signal<this, string>(this);

  constructor(
    private readonly client: ServiceClient,
    private readonly words: Words,
  ) {}

  /** The model of a run. Whoever shows it says so with `keep`. */
  open(run: string): RunModel {
    const model = this.models.get(run) ?? new RunModel(run, this.client, this.words);
    this.models.set(run, model);
    return model;
  }

  /** Keeps a run's model until the keeper is disposed, or what is returned. */
  keep(run: string, keeper: IObservableDisposable): IDisposable {
    this.open(run);
    const holds = this.holds.get(run) ?? new Set<IDisposable>();
    this.holds.set(run, holds);
    const hold = new DisposableDelegate(() => {
      keeper.disposed.disconnect(release);
      holds.delete(hold);
      if (holds.size === 0) this.letGo(run);
    });
    const release = (): void => hold.dispose();
    keeper.disposed.connect(release);
    holds.add(hold);
    return hold;
  }

  /** @param path contents path of a notebook */
  latestOf(path: string): RunModel | null {
    return this.latest.get(path)?.model ?? null;
  }

  /** A notebook shows this run from now on. @param document what is open at this path, which keeps the run */
  attach(path: string, run: string, document: IObservableDisposable): RunModel {
    const model = this.open(run);
    const hold = this.keep(run, document);
    this.latest.get(path)?.hold.dispose();
    this.latest.set(path, { model, hold });
    this.attachments.emit(path);
    return model;
  }

  /** A notebook was renamed: it goes on to show its run. */
  move(from: string, to: string): void {
    const latest = this.latest.get(from);
    if (!latest) return;
    this.latest.delete(from);
    this.latest.set(to, latest);
    this.attachments.emit(to);
  }

  /** A notebook, by its contents path, shows another run from now on. */
  get attached(): ISignal<this, string> {
    return this.attachments;
  }

  private letGo(run: string): void {
    const model = this.models.get(run);
    this.models.delete(run);
    this.holds.delete(run);
    for (const [path, latest] of [...this.latest]) if (latest.model === model) this.latest.delete(path);
    model?.dispose();
  }
}
