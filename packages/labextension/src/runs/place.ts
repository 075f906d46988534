// Where the panels of runs are: in the main area, and, in an application whose main area holds one document (Notebook 7), in the tabs
// below it. Which panel is wanted is decided by run-panels.ts.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { DockLayout, Widget } from '@lumino/widgets';
import { TabPanel } from '@lumino/widgets';

type Shell = JupyterFrontEnd.IShell;

/** Of a panel below the notebook. */
const LEAST_HEIGHT = '300px';

/** A place in the main area, beside a widget that is there. */
export interface Beside {
  readonly ref?: string;
  readonly mode?: DockLayout.InsertMode;
}

/** Everything that is open in the places where panels of runs go. */
export function openWidgets(shell: Shell): Widget[] {
  return [...shell.widgets('main'), ...shell.widgets('down')];
}

export function place(shell: Shell, widget: MainAreaWidget, beside: Beside = {}): void {
  shell.add(widget, 'main', { ...beside, activate: false });
  if (widget.isAttached) return;
  widget.content.node.style.minHeight = LEAST_HEIGHT; // such tabs are as high as what is in them asks for
  shell.add(widget, 'down');
}

/** Brings a panel to the front. */
export function show(shell: Shell, widget: Widget): void {
  shell.activateById(widget.id);
  const tabs = widget.parent?.parent;
  if (tabs instanceof TabPanel) tabs.currentWidget = widget; // not every application does so
}
