// The item in the status bar: icon, words, and a click that shows the run.
import { ReactWidget } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { StateText } from '../parts/state-icon.js';
import { runState } from '../run/progress-words.js';
import type { RunModel } from '../run/run-model.js';
import type { RunStore } from '../run/run-store.js';
import { statusWords } from './status-words.js';

export interface RunStatusOptions {
  readonly runs: RunStore;
  readonly tracker: INotebookTracker;
  readonly trans: TranslationBundle;
  readonly onClick: () => void;
}

export class RunStatus extends ReactWidget {
  private model: RunModel | null = null;

  constructor(private readonly options: RunStatusOptions) {
    super();
    this.addClass('cellfarm-RunStatus');
    options.tracker.currentChanged.connect(this.follow, this);
    options.runs.attached.connect(this.follow, this);
  }

  protected render(): ReactElement | null {
    const { model } = this;
    if (!model) return null;
    return (
      <button type="button" onClick={this.options.onClick}>
        <StateText state={runState(model.view)}>
          {statusWords(model.view, model.nodes(), this.options.trans)}
        </StateText>
      </button>
    );
  }

  private readonly follow = (): void => {
    const { tracker, runs } = this.options;
    const path = tracker.currentWidget?.context.path;
    const model = path === undefined ? null : runs.latestOf(path);
    if (model === this.model) return;
    this.model?.changed.disconnect(this.changed, this);
    this.model = model;
    model?.changed.connect(this.changed, this);
    this.update();
  };

  private readonly changed = (): void => this.update();
}
