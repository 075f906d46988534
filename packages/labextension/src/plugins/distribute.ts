// Distribute and its kin as commands: in the toolbar, the palette, the Run menu and by keyboard.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Distributor } from '../notebook/distributor.js';
import { farmIcon } from '../parts/icons.js';
import { distributeButton } from '../parts/distribute-button.js';
import { retryCaption } from '../run/retry-words.js';
import { CommandIds } from './command-ids.js';
import { ICellfarm, ISettings } from './tokens.js';

const NO_ARGUMENTS = { args: { type: 'object', properties: {} } } as const;

export const distributePlugin: JupyterFrontEndPlugin<void> = {
  id: 'cellfarm:distribute',
  description: 'Runs the notebook as a parallel workflow and brings its outputs under their cells.',
  autoStart: true,
  requires: [ICellfarm, ISettings, INotebookTracker],
  optional: [ITranslator, ICommandPalette, IToolbarWidgetRegistry, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    cellfarm: ICellfarm,
    settings: ISettings,
    tracker: INotebookTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    toolbars: IToolbarWidgetRegistry | null,
    state: IStateDB | null,
  ): void => {
    const trans = (translator ?? nullTranslator).load('cellfarm');
    const { commands } = app;
    const distributor = new Distributor({ app, cellfarm, settings, trans, state });
    const current = (): NotebookPanel | null => tracker.currentWidget;

    commands.addCommand(CommandIds.distribute, {
      label: trans.__('Distribute'),
      caption: trans.__('Save, show the plan, and run the notebook as a parallel workflow'),
      icon: farmIcon,
      describedBy: NO_ARGUMENTS,
      isEnabled: () => current() !== null,
      execute: () => distributor.distribute(current()),
    });
    commands.addCommand(CommandIds.dryRun, {
      label: trans.__('Dry run'),
      caption: trans.__('Show what would run where, and run nothing'),
      describedBy: NO_ARGUMENTS,
      isEnabled: () => current() !== null,
      execute: () => distributor.dryRun(current()),
    });
    commands.addCommand(CommandIds.cancelRun, {
      label: trans.__('Cancel Run'),
      caption: trans.__('Cancel the run of this notebook'),
      describedBy: NO_ARGUMENTS,
      isEnabled: () => distributor.running(current()) !== null,
      execute: () => distributor.cancel(current()),
    });
    commands.addCommand(CommandIds.retryRun, {
      label: trans.__('Retry Run'),
      caption: retryCaption(trans),
      describedBy: {
        args: {
          type: 'object',
          properties: { run: { type: 'string', description: trans.__('Id of a run that has ended') } },
          required: ['run'],
        },
      },
      execute: ({ run }) => {
        if (typeof run !== 'string') return undefined;
        const shown = tracker.find(({ context }) => cellfarm.runs.latestOf(context.path)?.run === run);
        return distributor.retry(shown ?? null, run);
      },
    });
    commands.addCommand(CommandIds.askAgain, {
      label: trans.__('Ask Before Distributing This Notebook'),
      caption: trans.__('Show the plan again before each run of this notebook'),
      describedBy: NO_ARGUMENTS,
      isEnabled: () => current() !== null,
      execute: () => distributor.askAgain(current()),
    });
    for (const command of [
      CommandIds.distribute,
      CommandIds.dryRun,
      CommandIds.cancelRun,
      CommandIds.askAgain,
    ]) {
      palette?.addItem({ command, category: trans.__('cellfarm') });
    }
    toolbars?.addFactory<NotebookPanel>('Notebook', 'cellfarm-distribute', () =>
      distributeButton(commands, trans),
    );
    cellfarm.runs.attached.connect(() => commands.notifyCommandChanged(CommandIds.cancelRun));
    tracker.widgetAdded.connect((_, panel) => void distributor.welcome(panel));
    tracker.forEach((panel) => void distributor.welcome(panel));
  },
};
