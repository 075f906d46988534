// Bundles the command line and everything it imports into one file, dist/cellfarm.mjs, which is what `npm start`
// runs and what the wheel carries. Types are not checked here: `tsc -b` does that before.
import { chmodSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = `${root}dist/cellfarm.mjs`;
const fresh = `${root}dist/cellfarm.${process.pid}.mjs`;

// Packages written as CommonJS call `require` for Node's own modules; an ES module has none unless it makes one.
const banner = [
  '#!/usr/bin/env node',
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
].join('\n');

try {
  await build({
    entryPoints: [`${root}packages/cli/src/main.ts`],
    outfile: fresh,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: banner },
    legalComments: 'eof',
    logLevel: 'warning',
  });
} catch (error) {
  if (!('errors' in error)) throw error;
  process.exit(1); // esbuild has said what is wrong
}
chmodSync(fresh, 0o755);
renameSync(fresh, bundle); // a command that is starting meanwhile reads the old file or the new one, never half of one
