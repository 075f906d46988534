// Puts the command `cellfarm` into the virtual environment: a short script that starts this checkout's bundle.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, nodeBinary, venv, venvBin } from './paths.mjs';
import { readOr } from './stamp.mjs';

const file = join(venvBin, 'cellfarm');

const script = () =>
  [
    '#!/bin/sh',
    `CELLFARM_NODE=${quoted(nodeBinary())}; export CELLFARM_NODE`,
    `CELLFARM_PREFIX=${quoted(venv)}; export CELLFARM_PREFIX`,
    'unset VIRTUAL_ENV PYTHONHOME',
    `PATH=${quoted(venvBin)}:$PATH; export PATH`,
    `exec ${quoted(nodeBinary())} ${quoted(bundle)} "$@"`,
    '',
  ].join('\n');

const quoted = (path) => `'${path.replaceAll("'", "'\\''")}'`;

export const commandInEnvironment = {
  name: 'command cellfarm in .venv',
  fresh: () => readOr(file, '').toString() === script(),
  run: () => writeFileSync(file, script(), { mode: 0o755 }),
};
