// `npm run clean`: removes what the build made. `.venv` and `node_modules` stay; delete them by hand to begin anew.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/paths.mjs';

const packages = join(root, 'packages');
const made = readdirSync(packages).flatMap((name) => [
  join(packages, name, 'lib'),
  join(packages, name, 'tsconfig.tsbuildinfo'), // or the compiler believes that lib is still there
]);
made.push(join(root, 'dist'));
for (const path of made) rmSync(path, { recursive: true, force: true });
