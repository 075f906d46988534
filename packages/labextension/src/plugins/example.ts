// Opens the example notebook: a copy in the folder that the file browser shows, so that it can be changed freely.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { problemFrom } from '../client/problem.js';
import { exampleNotebook } from '../notebook/example.js';
import { showProblem } from '../parts/problem-dialog.js';
import { CommandIds } from './command-ids.js';

const NAME = 'cellfarm-example.ipynb';

export const examplePlugin: JupyterFrontEndPlugin<void> = {
  id: 'cellfarm:example',
  description: 'Opens a small notebook to try cellfarm with.',
  autoStart: true,
  optional: [ITranslator, ICommandPalette],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null, palette: ICommandPalette | null): void => {
    const trans = (translator ?? nullTranslator).load('cellfarm');
    app.commands.addCommand(CommandIds.openExample, {
      label: trans.__('Open Example'),
      caption: trans.__('A small map and reduce, 10 s on this machine'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        try {
          await open(app);
        } catch (cause) {
          await showProblem(problemFrom(cause), trans);
        }
      },
    });
    palette?.addItem({ command: CommandIds.openExample, category: trans.__('cellfarm') });
  },
};

async function open(app: JupyterFrontEnd): Promise<void> {
  const { contents } = app.serviceManager;
  const here = await contents.get('', { content: true });
  const names = new Set((here.content as { name: string }[]).map(({ name }) => name));
  if (!names.has(NAME)) {
    await contents.save(NAME, { type: 'notebook', format: 'json', content: exampleNotebook() });
  }
  await app.commands.execute('docmanager:open', { path: NAME });
}
