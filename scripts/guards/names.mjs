// Nothing of the machine that it was written on: no absolute path of this checkout or home folder, no host of the
// package registries that this machine uses, no address in the lock file. Each is looked up here, so none is named.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { nodeBinary, npmProgram, root, venvPython } from '../setup/paths.mjs';
import { projectFiles, textOf } from './files.mjs';

const wellKnown = /https?:\/\/(?:registry|files|index|deb)\.[\w.-]+/g;
const largest = 8 * 1024 * 1024; // bytes; what is larger is data

export function names() {
  const words = [...paths(), ...hosts()];
  const hits = projectFiles()
    .filter((file) => statSync(join(root, file)).size < largest)
    .flatMap((file) => {
      const text = textOf(file);
      if (text.includes('\0')) return [];
      const found = [...words.filter((word) => text.includes(word)), ...(text.match(wellKnown) ?? [])];
      if (file === 'package-lock.json') found.push(...(text.match(/"resolved": "https?:[^"]+/g) ?? []));
      return found.map((word) => `${file}: ${word}`);
    });
  return { ok: hits.length === 0, output: [...new Set(hits)].join('\n') };
}

function paths() {
  const home = homedir();
  return [`${root}/`, ...(home.length > 1 ? [`${home}/`] : [])];
}

function hosts() {
  const said = [
    ask(nodeBinary(), [npmProgram(), 'config', 'get', 'registry']),
    ask(venvPython, ['-m', 'pip', 'config', 'list']),
    ...Object.entries(process.env)
      .filter(([name]) => /INDEX|REGISTRY|_proxy$/i.test(name))
      .map(([, value]) => value),
    ...aptSources(),
  ];
  const found = said.join('\n').matchAll(/https?:\/\/(?:[^@/\s]*@)?([A-Za-z0-9.-]+)/g);
  return [...new Set([...found].map(([, host]) => host))].filter(
    (host) => !/^(localhost|127\.0\.0\.1)$/.test(host),
  );
}

function ask(program, args) {
  return execFileSync(program, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function aptSources() {
  return ['/etc/apt', '/etc/apt/sources.list.d']
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => /\.(list|sources)$/.test(file))
    .map((file) => readFileSync(file, 'utf8'));
}
