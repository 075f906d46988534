// `npm run test:ui`: sets up as `npm test` does, then runs the browser tests. Words after it go to Playwright.
import { join } from 'node:path';
import { setUp } from './setup/all.mjs';
import { passThrough } from './setup/pass-through.mjs';
import { nodeBinary, root, runtimeEnv } from './setup/paths.mjs';
import { endingInASentence } from './setup/problem.mjs';

await endingInASentence(async () => {
  await setUp('test');
  const playwright = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
  const args = [playwright, 'test', '--config', join(root, 'ui-tests'), ...process.argv.slice(2)];
  process.exitCode = await passThrough(nodeBinary(), args, { cwd: root, env: runtimeEnv() });
});
