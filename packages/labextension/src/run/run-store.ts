// The runs that this page looks at, one model each however many look, and which run each notebook showed last.
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { ServiceClient } from '../client/service-client.js';
import { RunModel } from './run-model.js';
import type { RunSource } from './run-source.js';

export class RunStore {
  private readonly models = new Map<string, RunModel>();
  private readonly latest = new Map<string, RunModel>();
  /** The last dry run of each notebook, by the absolute path of its file. */
  readonly plans = new Map<string, RunSource>();
  private readonly attachments = new Signal<this, string>(this);

  constructor(private readonly client: ServiceClient) {}

  open(run: string): RunModel {
    const model = this.models.get(run) ?? new RunModel(run, this.client);
    this.models.set(run, model);
    return model;
  }

  /** @param path contents path of a notebook */
  latestOf(path: string): RunModel | null {
    return this.latest.get(path) ?? null;
  }

  attach(path: string, run: string): RunModel {
    const model = this.open(run);
    this.latest.set(path, model);
    this.attachments.emit(path);
    return model;
  }

  /** A notebook, by its contents path, shows another run from now on. */
  get attached(): ISignal<this, string> {
    return this.attachments;
  }
}
