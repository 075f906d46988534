// What is generated from the protocol is what is committed: runs the generator and compares before and after.
import { join } from 'node:path';
import { root } from '../setup/paths.mjs';
import { digestOf, filesBelow } from '../setup/stamp.mjs';
import { nodeScript } from './run-tool.mjs';

const folders = ['packages/protocol/json-schema', 'packages/python/src/cellfarm/protocol'];
const page = 'packages/protocol/ERRORS.md';

export async function schemas() {
  const before = contents();
  const done = await nodeScript('packages/protocol/scripts/write-json-schema.mjs');
  if (!done.ok) return done;
  const after = contents();
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  const changed = paths.filter((path) => before.get(path) !== after.get(path));
  const output = changed
    .map((path) => `${path}: was not what the protocol gives; it is now, commit it`)
    .join('\n');
  return { ok: changed.length === 0 && after.size > 0, output, note: `${after.size} files` };
}

function contents() {
  const files = folders.flatMap((folder) =>
    filesBelow(join(root, folder), (name) => /\.(json|py)$/.test(name)),
  );
  return new Map([...files, join(root, page)].map((file) => [file.slice(root.length + 1), digestOf([file])]));
}
