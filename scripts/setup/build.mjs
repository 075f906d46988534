// Compiles the packages and bundles the command, when a source changed since the last time. The digest covers every
// file that the compiler or the bundler reads of ours, and the lock file for what they read of others.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runQuietly } from './command.mjs';
import { bundle, nodeBinary, root } from './paths.mjs';
import { Problem } from './problem.mjs';
import { digestOf, filesBelow, hasStamp, writeStamp } from './stamp.mjs';

const stamp = join(dirname(bundle), '.built-from');

export const build = {
  name: 'build',
  fresh: () => existsSync(bundle) && hasStamp(stamp, digestOf(inputs())),
  run() {
    const digest = digestOf(inputs());
    const steps = [
      [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b'],
      [join(root, 'scripts', 'bundle.mjs')],
    ];
    for (const args of steps) {
      const done = runQuietly(nodeBinary(), args);
      if (!done.ok) throw new Problem(`the sources do not build:\n${done.output.trim()}`);
    }
    writeStamp(stamp, digest);
  },
};

function inputs() {
  const packages = join(root, 'packages');
  const ours = readdirSync(packages).flatMap((name) => [
    join(packages, name, 'package.json'),
    join(packages, name, 'tsconfig.json'),
    ...filesBelow(join(packages, name, 'src'), (file) => /\.(ts|json)$/.test(file)),
  ]);
  const shared = ['package-lock.json', 'tsconfig.json', 'scripts/bundle.mjs'].map((file) => join(root, file));
  return [...shared, ...ours];
}
