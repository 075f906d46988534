// Asks before a run: shows the plan and returns what the person chose. The untrusted are asked with Cancel in focus.
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { createElement } from 'react';
import type { Forecast } from './forecast.js';
import { PlanBody } from './plan-body.js';
import type { PlanView } from './plan-view.js';

export interface PlanQuestion {
  /** The notebook's file name. */
  readonly name: string;
  readonly plan: PlanView;
  readonly forecast: Forecast | null;
  readonly trusted: boolean;
  readonly trans: TranslationBundle;
}

export interface PlanAnswer {
  readonly choice: 'cancel' | 'dry-run' | 'run';
  readonly dontAskAgain: boolean;
}

export async function askPlan(question: PlanQuestion): Promise<PlanAnswer> {
  const { name, plan, forecast, trusted, trans } = question;
  const cancel = Dialog.cancelButton({ label: trans.__('Cancel') });
  const dry = Dialog.createButton({
    label: trans.__('Dry run'),
    className: 'cellfarm-DryRun',
    actions: ['dry'],
  });
  const run = Dialog.okButton({ label: trans.__('Run'), actions: ['run'] });
  const body = ReactWidget.create(createElement(PlanBody, { plan, forecast, trusted, words: trans }));
  body.addClass('cellfarm-PlanBody');
  const buttons = plan.runnable ? [cancel, dry, run] : [cancel, dry];
  const dialog = new Dialog({
    title: trans.__('Distribute %1?', name),
    body,
    buttons,
    defaultButton: trusted && plan.runnable ? 2 : 0,
    checkbox: trusted ? { label: trans.__("Don't ask again for this notebook"), checked: false } : null,
  });
  dialog.addClass('cellfarm-PlanDialog');
  const { button, isChecked } = await dialog.launch();
  const choice = button.actions.includes('run')
    ? 'run'
    : button.actions.includes('dry')
      ? 'dry-run'
      : 'cancel';
  return { choice, dontAskAgain: isChecked === true };
}
