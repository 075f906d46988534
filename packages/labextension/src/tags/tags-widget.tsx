// The widget of the Tags sidebar: follows the current notebook and its selection, and writes what is changed.
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import type { ReactElement } from 'react';
import { titledCells } from '../notebook/cell-titles.js';
import type { ICellfarm } from '../plugins/tokens.js';
import { Analysis } from './analysis.js';
import { TAGS_KEY, declaredTags, readTags } from './cell-tags.js';
import { factsOf } from './facts.js';
import { clearTags, selectedCodeCells, setField } from './notebook-tags.js';
import { TagsPanel } from './tags-panel.js';
import type { TaggedCell } from './tags-panel.js';

export interface TagsWidgetOptions {
  readonly cellfarm: ICellfarm;
  readonly contents: Contents.IManager;
  readonly tracker: INotebookTracker;
  readonly trans: TranslationBundle;
  readonly onExample: () => void;
}

const TARGETS = ['auto', 'local', 'docker', 'kubernetes', 'slurm'];

export class TagsWidget extends ReactWidget {
  private readonly refreshed = new Signal<this, void>(this);
  private readonly analysis: Analysis;
  private targets: readonly string[] = TARGETS;

  constructor(private readonly options: TagsWidgetOptions) {
    super();
    this.addClass('cellfarm-Panel');
    const { cellfarm, contents, tracker } = options;
    this.analysis = new Analysis(cellfarm.client, contents);
    tracker.currentChanged.connect(this.follow, this);
    tracker.selectionChanged.connect(this.refresh, this);
    tracker.activeCellChanged.connect(this.refresh, this);
    this.analysis.changed.connect(this.refresh, this);
    cellfarm.runs.attached.connect(this.refresh, this);
    void this.findTargets();
  }

  protected override onAfterShow(): void {
    this.follow();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.follow();
  }

  protected override onBeforeHide(): void {
    this.analysis.look(null);
  }

  protected render(): ReactElement {
    return <UseSignal signal={this.refreshed}>{() => this.panel()}</UseSignal>;
  }

  private readonly refresh = (): void => this.refreshed.emit();

  private readonly follow = (): void => {
    const panel = this.options.tracker.currentWidget;
    panel?.content.modelContentChanged.disconnect(this.refresh, this);
    panel?.content.modelContentChanged.connect(this.refresh, this);
    this.analysis.look(this.isVisible ? panel : null);
    this.refresh();
  };

  private panel(): ReactElement {
    const { tracker, cellfarm, trans, onExample } = this.options;
    const notebook = tracker.currentWidget;
    const chosen = notebook ? selectedCodeCells(notebook) : [];
    const cells = taggedCells(notebook?.content.widgets ?? [], chosen);
    const numbers = new Map(cells.map(({ id, number }) => [id, number]));
    const { graph } = this.analysis;
    return (
      <TagsPanel
        cells={cells}
        targets={this.targets}
        facts={graph ? factsOf(graph, numbers, trans) : []}
        running={notebook ? cellfarm.runs.latestOf(notebook.context.path)?.view.state === 'running' : false}
        onChange={(field, text) => {
          if (notebook) setField(notebook, chosen, field, text);
        }}
        onClear={() => {
          if (notebook) clearTags(notebook, chosen);
        }}
        onExample={onExample}
        words={trans}
      />
    );
  }

  /** Targets of agents that are there, besides those every installation knows. */
  private async findTargets(): Promise<void> {
    try {
      const { client } = this.options.cellfarm;
      if ((await client.status()).state !== 'ready') return;
      const named = (await client.agents()).flatMap(({ targets }) => targets);
      this.targets = [...new Set([...TARGETS, ...named])];
      this.refresh();
    } catch (cause) {
      console.debug('cellfarm: the targets are not known', cause);
    }
  }
}

function taggedCells(all: readonly Cell[], chosen: readonly Cell[]): TaggedCell[] {
  const numbers = new Map(
    titledCells(
      all.map(({ model }) => ({
        cell_type: model.type,
        id: model.id,
        source: model.sharedModel.getSource(),
      })),
    ).map(({ id, number }) => [id, number]),
  );
  return chosen.map(({ model }) => {
    const declared = declaredTags(model.sharedModel.getSource());
    return {
      id: model.id,
      number: numbers.get(model.id) ?? 0,
      tags: declared ?? readTags(model.getMetadata(TAGS_KEY)),
      declared: declared !== null,
    };
  });
}
