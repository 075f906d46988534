// `npm run package`: builds dist/cellfarm-VERSION-py3-none-any.whl, the Python package with the bundled program in it.
// Needs no network once `npm run setup` has run.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { passThrough } from './setup/pass-through.mjs';
import { nodeBinary, root, runtimeEnv, venvPython } from './setup/paths.mjs';
import { endingInASentence, Problem } from './setup/problem.mjs';
import { versions } from './guards/versions.mjs';
import { setUp } from './setup/all.mjs';

const project = join(root, 'packages', 'python');
const dist = join(root, 'dist');

await endingInASentence(async () => {
  await setUp('test');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const versioned = versions();
  if (!versioned.ok) throw new Problem(`the versions differ: ${versioned.output}`);
  // Parts of earlier builds have no place in the wheel.
  const bundled = await passThrough(nodeBinary(), [join(root, 'scripts', 'bundle.mjs'), '--only'], {
    cwd: root,
  });
  if (bundled !== 0) throw new Problem('the program was not bundled: see above.');
  const args = ['-m', 'hatchling', 'build', '--target', 'wheel', '--directory', dist];
  const status = await passThrough(venvPython, args, { cwd: project, env: runtimeEnv() });
  if (status !== 0) throw new Problem('the wheel was not built: see above.');
  const wheel = readdirSync(dist).find((name) => name.startsWith(`cellfarm-${version}-`));
  process.stdout.write(`Install it with: pip install dist/${wheel}\n`);
});
