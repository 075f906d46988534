// One version for everything: every place that states one agrees with lerna.json.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/paths.mjs';
import { textOf } from './files.mjs';

export function versions() {
  const wanted = JSON.parse(textOf('lerna.json')).version;
  const stated = [
    ['package.json', JSON.parse(textOf('package.json')).version],
    [
      'packages/python/pyproject.toml',
      /^version = "(.*)"$/m.exec(textOf('packages/python/pyproject.toml'))?.[1],
    ],
    [
      'packages/python/src/cellfarm/version.py',
      /^VERSION = "(.*)"$/m.exec(textOf('packages/python/src/cellfarm/version.py'))?.[1],
    ],
    ['packages/cli/src/version.ts', /VERSION = '(.*)'/.exec(textOf('packages/cli/src/version.ts'))?.[1]],
    ...manifests().flatMap((file) => statedIn(file)),
  ];
  const wrong = stated.filter(([, version]) => version !== wanted);
  const output = wrong
    .map(([where, version]) => `${where}: ${version}, and lerna.json has ${wanted}`)
    .join('\n');
  return { ok: wrong.length === 0, output, note: wanted };
}

const manifests = () =>
  readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}/package.json`)
    .filter((file) => existsSync(join(root, file)));

/** A package's own version, and those in which it asks for packages of ours. */
function statedIn(file) {
  const { version, dependencies = {} } = JSON.parse(textOf(file));
  const ours = Object.entries(dependencies).filter(([name]) => name.startsWith('@cellfarm/'));
  return [[file, version], ...ours.map(([name, asked]) => [`${file} (${name})`, asked])];
}
