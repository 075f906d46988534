// The commands of the virtual environment that run on its Node: `cellfarm` of this checkout, and node, npm and npx
// themselves. pip installs the latter as Python scripts, which start slower and break on Ctrl-C: these take their place.
import { lstatSync, readlinkSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle, nodeBinary, npmProgram, venv, venvBin } from './paths.mjs';
import { readOr } from './stamp.mjs';

const quoted = (path) => `'${path.replaceAll("'", "'\\''")}'`;
const starting = (program) => `exec ${quoted(nodeBinary())} ${quoted(program)} "$@"\n`;

const scripts = () => ({
  cellfarm: `#!/bin/sh
CELLFARM_NODE=${quoted(nodeBinary())}; export CELLFARM_NODE
CELLFARM_PREFIX=${quoted(venv)}; export CELLFARM_PREFIX
PATH=${quoted(venvBin)}:$PATH; export PATH
unset VIRTUAL_ENV PYTHONHOME
${starting(bundle)}`,
  npm: `#!/bin/sh\n${starting(npmProgram())}`,
  npx: `#!/bin/sh\n${starting(join(dirname(npmProgram()), 'npx-cli.js'))}`,
});

const pathOf = (name) => join(venvBin, name);
const outdated = () =>
  Object.entries(scripts()).filter(([name, text]) => readOr(pathOf(name), '').toString() !== text);

export const commands = {
  name: 'commands in .venv/bin',
  fresh: () => nodeIsTheBinary() && outdated().length === 0,
  run() {
    if (!nodeIsTheBinary()) replace('node', (path) => symlinkSync(nodeBinary(), path));
    for (const [name, text] of outdated()) {
      replace(name, (path) => writeFileSync(path, text, { mode: 0o755 }));
    }
  },
};

function nodeIsTheBinary() {
  const found = lstatSync(pathOf('node'), { throwIfNoEntry: false });
  return found?.isSymbolicLink() === true && readlinkSync(pathOf('node')) === nodeBinary();
}

/** Makes a command beside its place and moves it there: what runs meanwhile finds the old one or the new one. */
function replace(name, make) {
  const fresh = `${pathOf(name)}.${process.pid}`;
  make(fresh);
  renameSync(fresh, pathOf(name));
}
