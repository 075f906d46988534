// Chips on tagged cells, and what a run has to say under a cell. Loaded when the first notebook opens.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { CommandIds } from './command-ids.js';
import { ICellfarm } from './tokens.js';

export const cellMarksPlugin: JupyterFrontEndPlugin<void> = {
  id: 'cellfarm:cell-marks',
  description: 'Chips on tagged cells; progress and errors of a run under its cells.',
  autoStart: true,
  requires: [ICellfarm, INotebookTracker],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    cellfarm: ICellfarm,
    tracker: INotebookTracker,
    translator: ITranslator | null,
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellfarm');
    const execute = (command: string, args: ReadonlyPartialJSONObject = {}): void => {
      if (app.commands.hasCommand(command)) void app.commands.execute(command, args);
    };
    const mark = async (panel: NotebookPanel): Promise<void> => {
      await panel.revealed;
      const { CellMarks } = await import('../cells/cell-marks.js');
      if (panel.isDisposed) return;
      new CellMarks({
        panel,
        runs: cellfarm.runs,
        trans,
        onGraph: (run) => execute(CommandIds.showRun, run === null ? {} : { run }),
        onCancel: () => execute(CommandIds.cancelRun),
        onAgain: () => execute(CommandIds.distribute),
        onTags: () => execute(CommandIds.showTags),
      });
    };
    tracker.widgetAdded.connect((_, panel) => void mark(panel));
    tracker.forEach((panel) => void mark(panel));
  },
};
