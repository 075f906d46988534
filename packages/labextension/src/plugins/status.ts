// The latest run of the current notebook in the status bar. Nothing is shown where nothing ever ran.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { RunStatus } from '../status/run-status.js';
import { CommandIds } from './command-ids.js';
import { ICellfarm } from './tokens.js';

export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'cellfarm:status',
  description: 'The run of the current notebook in the status bar.',
  autoStart: true,
  requires: [ICellfarm, INotebookTracker],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    cellfarm: ICellfarm,
    tracker: INotebookTracker,
    statusBar: IStatusBar | null,
    translator: ITranslator | null,
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellfarm');
    const item = new RunStatus({
      runs: cellfarm.runs,
      tracker,
      trans,
      onClick: () => void app.commands.execute(CommandIds.showRun),
    });
    statusBar?.registerStatusItem('cellfarm:status', { item, align: 'right', rank: 90 });
  },
};
