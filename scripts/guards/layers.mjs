// Imports point down only. The table says who may import whom; the package.json files, the TypeScript references and
// the import statements must each keep to it. `npm run layers` prints the tree.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../setup/paths.mjs';
import { filesBelow } from '../setup/stamp.mjs';

const io = ['queue', 'artifacts', 'backends'];

/** Each package: its layer, and the packages that it may import. */
const table = {
  protocol: { layer: 0, may: [] },
  compiler: { layer: 1, may: ['protocol'] },
  scheduler: { layer: 1, may: ['protocol'] },
  queue: { layer: 1, may: ['protocol'] },
  artifacts: { layer: 1, may: ['protocol'] },
  backends: { layer: 1, may: ['protocol'] },
  agent: { layer: 2, may: ['protocol', ...io] },
  service: { layer: 3, may: ['protocol', 'compiler', 'scheduler', 'queue', 'artifacts'] },
  labextension: { layer: 3, may: ['protocol', 'compiler'] },
  cli: { layer: 4, may: ['protocol', 'compiler', ...io, 'agent', 'service'] },
};

/** @param {string} packages the folder that holds the packages */
export function layers(packages = join(root, 'packages')) {
  const read = readPackages(packages);
  const faults = read.flatMap(faultsOf);
  return { ok: faults.length === 0, output: faults.join('\n'), note: `${read.length} packages` };
}

/** The packages from the lowest layer up, each with what it imports, as text. */
export function tree(packages = join(root, 'packages')) {
  const lines = readPackages(packages).map(({ name, layer, imported }) => {
    const below = [...new Set(imported.map(({ other }) => other))].map(
      (other) => `${other} (${table[other]?.layer})`,
    );
    return `layer ${layer}  ${name.padEnd(12)} -> ${below.join(', ') || 'no package of ours'}`;
  });
  return [
    ...lines,
    `         ${'python'.padEnd(12)} -> no package: only the JSON Schemas that protocol writes`,
  ].join('\n');
}

function faultsOf({ name, layer, declared, referenced, imported }) {
  if (layer === undefined) return [`packages/${name}: has no row in the table of scripts/guards/layers.mjs`];
  const allowed = (other) => table[name].may.includes(other) && table[other].layer < layer;
  const named = new Set(declared.map(({ other }) => other));
  return [
    ...[...declared, ...referenced, ...imported]
      .filter(({ other }) => !allowed(other))
      .map(({ other, where }) => `packages/${name}/${where}: ${name} may not import ${other}`),
    ...imported
      .filter(({ other }) => !named.has(other))
      .map(
        ({ other, where }) => `packages/${name}/${where}: imports ${other}, which package.json does not name`,
      ),
  ];
}

function readPackages(packages) {
  return readdirSync(packages)
    .filter((name) => existsSync(join(packages, name, 'tsconfig.json')))
    .map((name) => readPackage(name, join(packages, name)))
    .sort((a, b) => (a.layer ?? 0) - (b.layer ?? 0) || a.name.localeCompare(b.name));
}

function readPackage(name, folder) {
  const json = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const dependencies = Object.keys(json('package.json').dependencies ?? {});
  const references = json('tsconfig.json').references ?? [];
  return {
    name,
    layer: table[name]?.layer,
    declared: oursAmong(dependencies, 'package.json'),
    referenced: references.map(({ path }) => ({ other: path.split('/').at(-1), where: 'tsconfig.json' })),
    imported: filesBelow(join(folder, 'src'), (file) => /\.tsx?$/.test(file)).flatMap((file) =>
      oursAmong(importsOf(readFileSync(file, 'utf8')), relative(folder, file)),
    ),
  };
}

const importsOf = (text) => [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, word]) => word);

/** The packages of ours among module names, each once. */
function oursAmong(words, where) {
  const names = words.map((word) => /^@cellfarm\/([^/]+)/.exec(word)?.[1]);
  return [...new Set(names)].filter((other) => other !== undefined).map((other) => ({ other, where }));
}
