// Compiles the packages, bundles the command and builds the JupyterLab extension, each when a source of it changed since the
// last time. The digest covers every file of ours that is read for it, and the lock file for what is read of others.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runQuietly } from './command.mjs';
import { bundle, labextensionFolder, nodeBinary, root } from './paths.mjs';
import { Problem } from './problem.mjs';
import { digestOf, filesBelow, hasStamp, writeStamp } from './stamp.mjs';

const script = (name) => join(root, 'scripts', name);
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

export const build = built({
  name: 'build',
  output: bundle,
  stamp: join(dirname(bundle), '.built-from'),
  inputs: () => sources('scripts/bundle.mjs'),
  programs: [[tsc, '-b'], [script('bundle.mjs')]],
});

export const labextension = built({
  name: 'JupyterLab extension',
  output: join(labextensionFolder, 'package.json'),
  stamp: join(dirname(bundle), '.labextension-built-from'),
  inputs: () => [
    ...sources('scripts/labextension.mjs'),
    ...['style', 'schema'].flatMap((folder) => filesBelow(join(root, folder), () => true)),
  ],
  programs: [[script('labextension.mjs')]],
});

function built({ name, output, stamp, inputs, programs }) {
  return {
    name,
    fresh: () => existsSync(output) && hasStamp(stamp, digestOf(inputs())),
    run() {
      const digest = digestOf(inputs());
      for (const args of programs) {
        const done = runQuietly(nodeBinary(), args);
        if (!done.ok) throw new Problem(`the sources do not build:\n${done.output.trim()}`);
      }
      writeStamp(stamp, digest);
    },
  };
}

function sources(...more) {
  const packages = join(root, 'packages');
  const ours = readdirSync(packages).flatMap((name) => [
    join(packages, name, 'package.json'),
    join(packages, name, 'tsconfig.json'),
    ...filesBelow(join(packages, name, 'src'), (file) => /\.(tsx?|json)$/.test(file)),
  ]);
  const shared = ['package-lock.json', 'tsconfig.json', ...more].map((file) => join(root, file));
  return [...shared, ...ours];
}
