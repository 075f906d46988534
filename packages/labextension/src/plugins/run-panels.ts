// The panels of runs: one for each run that somebody looks at, and the list of all. Their code is loaded when the first
// one opens.
import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { RunPanels } from '../runs/run-panels.js';
import { CommandIds } from './command-ids.js';
import { ICellfarm } from './tokens.js';

export const runPanelsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'cellfarm:run-panels',
  description: 'The live graph, timeline and table of runs, and the list of all runs.',
  autoStart: true,
  requires: [ICellfarm, INotebookTracker],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    cellfarm: ICellfarm,
    notebooks: INotebookTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellfarm');
    const tracker = new WidgetTracker<MainAreaWidget>({ namespace: 'cellfarm' });
    const panels = new RunPanels({ app, cellfarm, notebooks, trans, tracker });
    app.commands.addCommand(CommandIds.showRun, {
      label: trans.__('Show Run'),
      caption: trans.__('The graph, timeline and table of the run of this notebook'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            run: {
              type: 'string',
              description: trans.__('Id of the run; without it, the latest of this notebook'),
            },
            plan: {
              type: 'string',
              description: trans.__('Path of a notebook whose dry run is shown instead'),
            },
          },
        },
      },
      execute: ({ run, plan }) =>
        typeof plan === 'string'
          ? panels.showPlan(plan)
          : panels.showRun(typeof run === 'string' ? run : null),
    });
    app.commands.addCommand(CommandIds.showRuns, {
      label: trans.__('All Runs'),
      caption: trans.__('Every run that the cellfarm service knows'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => panels.showRuns(),
    });
    for (const command of [CommandIds.showRun, CommandIds.showRuns]) {
      palette?.addItem({ command, category: trans.__('cellfarm') });
    }
    void restorer?.restore(tracker, {
      command: CommandIds.showRun,
      args: (widget) => ({ run: panels.runOf(widget) }),
      name: (widget) => widget.id,
      when: app.serviceManager.ready,
    });
  },
};
