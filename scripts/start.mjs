// `npm start -- COMMAND ...`: sets up what is missing, then is the command cellfarm, in the caller's folder.
import { bundle, nodeBinary, runtimeEnv } from './setup/paths.mjs';
import { passThrough } from './setup/pass-through.mjs';
import { endingInASentence } from './setup/problem.mjs';
import { setUp } from './setup/all.mjs';

const usage = `cellfarm is ready. Give a command after --, for example:

  npm start -- run examples/digits.ipynb -o out.ipynb    run a notebook as a parallel workflow
  npm start -- compile examples/digits.ipynb             see its plan, with the reason for each edge
  npm start -- verify examples/digits.ipynb              run it both ways and compare everything
  npm start -- doctor                                    what this machine offers
  npm start -- --help                                    all commands and options

The same command is .venv/bin/cellfarm. README.md tells the rest.
`;

await endingInASentence(async () => {
  const args = process.argv.slice(2);
  await setUp('run');
  if (args.length === 0) {
    process.stdout.write(usage);
    return;
  }
  const cwd = process.env.INIT_CWD ?? process.cwd();
  process.exitCode = await passThrough(nodeBinary(), [bundle, ...args], { cwd, env: runtimeEnv() });
});
