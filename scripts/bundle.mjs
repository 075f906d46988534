// Bundles the command line and everything it imports into one file, dist/cellfarm.mjs, which is what `npm start`
// runs and what the wheel carries, with the licences of what is in it. Types are checked by `tsc -b` before.
import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundle, root } from './setup/paths.mjs';
import { licencesOf } from './setup/third-party.mjs';

const fresh = bundle.replace(/\.mjs$/, `.${process.pid}.mjs`);

// Packages written as CommonJS call `require` for Node's own modules; an ES module has none unless it makes one.
const banner = [
  '#!/usr/bin/env node',
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
].join('\n');

try {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['packages/cli/src/main.ts'],
    outfile: fresh,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: banner },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  writeFileSync(join(root, 'dist', 'THIRD-PARTY.txt'), licencesOf(Object.keys(metafile.inputs)));
} catch (error) {
  if (!('errors' in error)) throw error;
  process.exit(1); // esbuild has said what is wrong
}
chmodSync(fresh, 0o755);
renameSync(fresh, bundle); // a command that is starting meanwhile reads the old file or the new one, never half of one
