// What JupyterLab loads of the extension at its start is small: the entry, and the chunks that its modules need before they can be used.
// Panels are not among them. The entry says which chunks these are: `"./extension":()=>e(1).then(…)`.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { labextensionFolder } from '../setup/paths.mjs';

const MOST_KIB = 150;
const EAGER = ['./extension', './style'];

/** Ids of the chunks that a module waits for, or undefined where the entry does not name the module. */
export function chunksOf(module, entry) {
  const at = entry.indexOf(`"${module}":()=>`);
  if (at === -1) return undefined;
  const loading = entry.slice(at, entry.indexOf('.then(', at));
  return [...loading.matchAll(/\.e\("?(\w+)"?\)/g)].map((found) => found[1]);
}

export function firstLoad(folder = join(labextensionFolder, 'static')) {
  const names = readdirSync(folder);
  const entry = names.find((name) => name.startsWith('remoteEntry.'));
  if (entry === undefined) return { ok: false, output: `there is no remoteEntry in ${folder}` };
  const text = readFileSync(join(folder, entry), 'utf8');
  const chunks = EAGER.map((module) => chunksOf(module, text));
  if (chunks.some((ids) => ids === undefined || ids.length === 0)) {
    return { ok: false, output: `${entry} is not written as this guard reads it` };
  }
  const ids = [...new Set(chunks.flat())];
  const files = [entry, ...names.filter((name) => ids.includes(name.split('.')[0]) && name.endsWith('.js'))];
  if (files.length !== ids.length + 1) return { ok: false, output: `not all of the chunks ${ids} are there` };
  const sizes = files.map((name) => ({
    name,
    kib: gzipSync(readFileSync(join(folder, name))).length / 1024,
  }));
  const total = sizes.reduce((sum, { kib }) => sum + kib, 0);
  return {
    ok: total <= MOST_KIB,
    output: sizes.map(({ name, kib }) => `${name}: ${kib.toFixed(1)} KiB`).join('\n'),
    note: `${total.toFixed(1)} KiB gzip of ${MOST_KIB}`,
  };
}
