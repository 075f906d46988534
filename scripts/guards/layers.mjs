// Imports point down only. The table says who may import whom; the package.json files, the TypeScript references and
// the import statements must each keep to it. `npm run layers` prints the tree.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/paths.mjs';
import { filesBelow, readOr } from '../setup/stamp.mjs';

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

export function layers() {
  const faults = present().flatMap((name) => faultsOf(name));
  return { ok: faults.length === 0, output: faults.join('\n'), note: `${present().length} packages` };
}

function faultsOf(name) {
  const row = table[name];
  if (row === undefined) return [`packages/${name}: has no row in the table of scripts/guards/layers.mjs`];
  const declared = declaredBy(name);
  const wrong = [
    ...declared.map((other) => [other, 'package.json']),
    ...referencedBy(name).map((other) => [other, 'tsconfig.json']),
    ...importedBy(name),
  ].filter(([other]) => !row.may.includes(other) || table[other].layer >= row.layer);
  const undeclared = importedBy(name).filter(([other]) => !declared.includes(other));
  return [
    ...wrong.map(([other, where]) => `packages/${name}/${where}: ${name} may not import ${other}`),
    ...undeclared.map(
      ([other, where]) => `packages/${name}/${where}: imports ${other}, which package.json lacks`,
    ),
  ];
}

function present() {
  const names = filesBelow(join(root, 'packages'), (file) => file === 'tsconfig.json').map(
    (file) => file.split('/').at(-2) ?? '',
  );
  return names.sort((a, b) => (table[a]?.layer ?? 0) - (table[b]?.layer ?? 0) || a.localeCompare(b));
}

const json = (name, file) => JSON.parse(readOr(join(root, 'packages', name, file), '{}').toString());
const ours = (word) => /^@cellfarm\/([^/]+)/.exec(word)?.[1];

const declaredBy = (name) =>
  Object.keys(json(name, 'package.json').dependencies ?? {})
    .map(ours)
    .filter((other) => other !== undefined);

const referencedBy = (name) =>
  (json(name, 'tsconfig.json').references ?? []).map(({ path }) => path.split('/').at(-1));

function importedBy(name) {
  const src = join(root, 'packages', name, 'src');
  if (!existsSync(src)) return [];
  return filesBelow(src, (file) => /\.tsx?$/.test(file)).flatMap((file) => {
    const text = readOr(file, '').toString();
    const words = [...text.matchAll(/(?:from|import\()\s*'(@cellfarm\/[^']+)'/g)].map(([, word]) =>
      ours(word),
    );
    return [...new Set(words)].map((other) => [other, file.slice(src.length - 3)]);
  });
}

function print() {
  for (const name of present()) {
    const imports = [...new Set(importedBy(name).map(([other]) => other))];
    const below = imports.map((other) => `${other} (${table[other]?.layer})`).join(', ');
    process.stdout.write(
      `layer ${table[name]?.layer}  ${name.padEnd(12)} -> ${below || 'nothing of ours'}\n`,
    );
  }
  process.stdout.write('         python       -> the generated JSON Schemas of protocol, no package\n');
}

if (process.argv.includes('--print')) {
  print();
  const { ok, output } = layers();
  process.stdout.write(ok ? 'All imports point down.\n' : `${output}\n`);
  process.exitCode = ok ? 0 : 1;
}
