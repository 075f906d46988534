// The Tags sidebar. Its place and icon are there from the start, its content when it is first shown.
import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LazyPanel } from '../parts/lazy-panel.js';
import { tagIcon } from '../parts/icons.js';
import { CommandIds } from './command-ids.js';
import { ICellfarm } from './tokens.js';

export const tagsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'cellfarm:tags',
  description: 'A sidebar for role, target and resources of the selected cells.',
  autoStart: true,
  requires: [ICellfarm, INotebookTracker],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    cellfarm: ICellfarm,
    tracker: INotebookTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellfarm');
    const panel = new LazyPanel(async () => {
      const { TagsWidget } = await import('../tags/tags-widget.js');
      const { contents } = app.serviceManager;
      const onExample = (): void => void app.commands.execute(CommandIds.openExample);
      return new TagsWidget({ cellfarm, contents, tracker, trans, onExample });
    });
    panel.id = 'cellfarm-tags';
    panel.title.icon = tagIcon;
    panel.title.caption = trans.__('Tags: role, target and resources of the selected cells');
    app.shell.add(panel, 'right', { rank: 500 });
    restorer?.add(panel, panel.id);
    app.commands.addCommand(CommandIds.showTags, {
      label: trans.__('Edit Tags'),
      caption: trans.__('Role, target and resources of the selected cells'),
      icon: tagIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => app.shell.activateById(panel.id),
    });
    palette?.addItem({ command: CommandIds.showTags, category: trans.__('cellfarm') });
  },
};
