// How JupyterLab is started from this checkout: with the example open, asking nothing of the network, ended by one Ctrl-C.
import { root } from './paths.mjs';

const example = 'examples/digits.ipynb';

/** Words after `python`. What the user adds comes last and wins. */
export function labArguments(added, isRoot = process.getuid?.() === 0) {
  return [
    '-m',
    'jupyterlab',
    `--ServerApp.root_dir=${root}`,
    `--LabApp.default_url=/lab/tree/${example}`,
    '--LabApp.news_url=None',
    '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
    '--ServerApp.answer_yes=True',
    '--Application.log_level=WARN',
    '--Cellfarm.start_service=at-once',
    ...(isRoot ? ['--ServerApp.allow_root=True'] : []),
    ...added,
  ];
}
