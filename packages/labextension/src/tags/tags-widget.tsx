// The widget of the Tags sidebar: follows the current notebook and its selection, and writes what is changed.
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import type { ReactElement } from 'react';
import { titledCells } from '../notebook/cell-titles.js';
import type { ICellfarm } from '../plugins/tokens.js';
import type { Words } from '../text/words.js';
import { revealLine } from '../notebook/reveal-cell.js';
import { Analysis } from './analysis.js';
import { TAGS_KEY, effectiveTags } from './cell-tags.js';
import { factsOf } from './facts.js';
import { clearTags, selectedCodeCells, setField } from './notebook-tags.js';
import { decoratorNames, setInCode } from './set-in-code.js';
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
  private followed: NotebookPanel | null = null;

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

  override dispose(): void {
    this.analysis.dispose();
    super.dispose(); // takes back every connection of this widget
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
    if (panel !== this.followed) {
      this.followed?.content.modelContentChanged.disconnect(this.refresh, this);
      this.followed = panel;
      panel?.content.modelContentChanged.connect(this.refresh, this);
    }
    this.analysis.look(this.isVisible ? panel : null);
    this.refresh();
  };

  private panel(): ReactElement {
    const { tracker, cellfarm, trans, onExample } = this.options;
    const notebook = tracker.currentWidget;
    const chosen = notebook ? selectedCodeCells(notebook) : [];
    const cells = taggedCells(notebook?.content.widgets ?? [], chosen, trans);
    const { graph } = this.analysis;
    return (
      <TagsPanel
        cells={cells}
        targets={this.targets}
        facts={graph ? factsOf(graph, cells, trans) : []}
        running={notebook ? cellfarm.runs.latestOf(notebook.context.path)?.view.state === 'running' : false}
        onChange={(field, text) => {
          if (notebook) setField(notebook, chosen, field, text);
        }}
        onClear={() => {
          if (notebook) clearTags(notebook, chosen);
        }}
        onLine={(cell, line) => {
          if (notebook) void revealLine(notebook, cell, line);
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

function taggedCells(all: readonly Cell[], chosen: readonly Cell[], words: Words): TaggedCell[] {
  const sources = all.map(({ model }) => ({
    cell_type: model.type,
    id: model.id,
    source: model.sharedModel.getSource(),
  }));
  const titled = new Map(titledCells(sources, words).map((cell) => [cell.id, cell]));
  const code = sources.filter(({ cell_type }) => cell_type === 'code');
  const names = decoratorNames(code.map(({ source }) => source));
  return chosen.map(({ model }) => {
    const inCode = setInCode(model.sharedModel.getSource(), names);
    const firstLine = inCode.find(({ of }) => of === null)?.tags ?? null;
    const { index, number } = titled.get(model.id) ?? { index: 0, number: 0 };
    const tags = effectiveTags(model.getMetadata(TAGS_KEY), firstLine);
    return { id: model.id, index, number, tags, firstLine, inCode };
  });
}
