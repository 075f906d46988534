// A request that failed, told in a dialog: what happened, then what to do.
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Problem } from '../client/problem.js';
import { sentence } from '../text/sentence.js';

export async function showProblem(problem: Problem, trans: TranslationBundle): Promise<void> {
  const text = [problem.message, problem.hint]
    .filter((part) => part !== '')
    .map(sentence)
    .join('\n');
  await showDialog({
    title: trans.__('cellfarm could not do this'),
    body: text,
    buttons: [Dialog.okButton({ label: trans.__('Close') })],
  });
}
