// Builds the JupyterLab extension from what `tsc -b` wrote: a prebuilt extension inside the Python package, from where
// the wheel and the development set-up both take it. The builder is called directly, since it needs no yarn that way.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './setup/paths.mjs';

const modules = join(root, 'node_modules');
const development = process.argv.includes('--development');

execFileSync(
  process.execPath,
  [
    join(modules, '@jupyter', 'builder', 'lib', 'build-labextension.js'),
    '--core-package-file',
    join(modules, '@jupyterlab', 'core-meta', 'core.package.json'),
    ...(development ? ['--development', '--source-map'] : []),
    '.',
  ],
  { cwd: join(root, 'packages', 'labextension'), stdio: ['ignore', 'inherit', 'inherit'] },
);
