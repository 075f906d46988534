// The split button in the notebook's toolbar: Distribute, and a menu of its kin beside it.
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownEmptyIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import type { MouseEvent } from 'react';
import { CommandIds } from '../plugins/command-ids.js';
import { farmIcon } from './icons.js';

export function distributeButton(commands: CommandRegistry, trans: TranslationBundle): ReactWidget {
  const widget = ReactWidget.create(
    <div className="cellfarm-Split" role="group" aria-label={trans.__('Distribute')}>
      <button
        type="button"
        className="cellfarm-Button"
        title={trans.__('Save, show the plan, and run the notebook as a parallel workflow')}
        onClick={() => void commands.execute(CommandIds.distribute)}
      >
        <farmIcon.react tag="span" className="cellfarm-Icon" /> {trans.__('Distribute')}
      </button>
      <button
        type="button"
        className="cellfarm-Button"
        aria-haspopup="menu"
        aria-label={trans.__('More ways to distribute')}
        onClick={(event) => openMenu(commands, event)}
      >
        <caretDownEmptyIcon.react tag="span" className="cellfarm-Icon" />
      </button>
    </div>,
  );
  widget.addClass('cellfarm-DistributeButton');
  return widget;
}

function openMenu(commands: CommandRegistry, event: MouseEvent<HTMLButtonElement>): void {
  const menu = new Menu({ commands });
  for (const command of [CommandIds.distribute, CommandIds.dryRun, CommandIds.showRun]) {
    menu.addItem({ command });
  }
  menu.addItem({ type: 'separator' });
  menu.addItem({ command: CommandIds.cancelRun });
  menu.addItem({ command: CommandIds.showTags });
  menu.addItem({ command: CommandIds.showRuns });
  const { left, bottom } = event.currentTarget.getBoundingClientRect();
  menu.aboutToClose.connect(() => window.setTimeout(() => menu.dispose(), 0));
  menu.open(left, bottom);
}
