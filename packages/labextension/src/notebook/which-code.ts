// A retry plays the code of the run that has ended. Where the notebook holds other code by now, the user says which one is meant.
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { Words } from '../text/words.js';
import { sameCode } from './same-code.js';

export type WhichCode = 'as-it-was' | 'as-it-is' | 'cancel';

/** Asks only where there is a difference. */
export async function whichCode(then: unknown, now: unknown, words: Words): Promise<WhichCode> {
  if (sameCode(then, now)) return 'as-it-was';
  const { button } = await showDialog({
    title: words.__('The notebook has changed since that run'),
    body: words.__('Retry plays it as it was then; Distribute plays it as it is now.'),
    buttons: [
      Dialog.cancelButton(),
      Dialog.createButton({ label: words.__('Retry as it was'), actions: ['as-it-was'] }),
      Dialog.okButton({ label: words.__('Distribute as it is'), actions: ['as-it-is'] }),
    ],
  });
  return button.actions.find((action) => action === 'as-it-was' || action === 'as-it-is') ?? 'cancel';
}
