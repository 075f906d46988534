// `npm start`: sets up what is missing and opens JupyterLab with cellfarm in it. `npm start -- COMMAND ...`: sets up less, then is
// the command cellfarm, in the caller's folder.
import { labArguments } from './setup/lab.mjs';
import { bundle, nodeBinary, root, runtimeEnv, venvPython } from './setup/paths.mjs';
import { passThrough } from './setup/pass-through.mjs';
import { endingInASentence } from './setup/problem.mjs';
import { setUp } from './setup/all.mjs';

const words = `cellfarm: JupyterLab starts with examples/digits.ipynb; press Distribute there. Its address follows; Ctrl-C ends it.
The command line is here too: npm start -- --help
`;

/** `npm start -- lab OPTIONS` gives options to JupyterLab. */
async function openLab(added) {
  await setUp('lab');
  process.stderr.write(words);
  return passThrough(venvPython, labArguments(added), { cwd: root, env: runtimeEnv() });
}

async function beCommand(args) {
  await setUp('run');
  const cwd = process.env.INIT_CWD ?? process.cwd();
  return passThrough(nodeBinary(), [bundle, ...args], { cwd, env: runtimeEnv() });
}

await endingInASentence(async () => {
  const [first, ...rest] = process.argv.slice(2);
  if (first === undefined || first === 'lab') process.exitCode = await openLab(rest);
  else process.exitCode = await beCommand([first, ...rest]);
});
