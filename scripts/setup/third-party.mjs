// The licences of the npm packages inside the bundle, as one text: their terms ask that it goes where they go.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/** @param {string[]} inputs paths from the root of all files that the bundler read */
export function licencesOf(inputs) {
  const folders = inputs.map((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0]);
  const packages = [...new Set(folders)].filter((folder) => folder !== undefined).sort();
  return packages.map((folder) => chapter(join(root, folder))).join('\n\n');
}

function chapter(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text =
    file === undefined
      ? 'The package holds no text of its licence.'
      : readFileSync(join(folder, file), 'utf8');
  return `==== ${name} ${version} (${license})\n\n${text.trim()}\n`;
}
