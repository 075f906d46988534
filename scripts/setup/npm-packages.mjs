// The npm packages that the build and the checks need, at the versions of package-lock.json. npm keeps a record of
// what it installed (node_modules/.package-lock.json); set-up is done where that record holds what the lock asks for.
import { join } from 'node:path';
import { failed, runQuietly } from './command.mjs';
import { nodeBinary, npmProgram, root, runtimeEnv } from './paths.mjs';
import { readOr } from './stamp.mjs';

export const npmPackages = {
  name: 'npm packages',
  fresh: () => installed(readLock('package-lock.json'), readLock('node_modules/.package-lock.json')),
  run() {
    const args = [npmProgram(), 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const done = runQuietly(nodeBinary(), args, { env: runtimeEnv() });
    if (!done.ok) throw failed('install the npm packages', done.output);
  },
};

function readLock(path) {
  const text = readOr(join(root, path), undefined);
  return text === undefined ? {} : JSON.parse(text.toString()).packages;
}

/** Whether each package of the lock that this machine wants is recorded as installed at that version. */
export function installed(wanted, recorded, platform = process.platform, arch = process.arch) {
  return Object.entries(wanted)
    .filter(([path, entry]) => path.startsWith('node_modules/') && wantedHere(entry, platform, arch))
    .every(([path, entry]) => {
      const there = recorded[path];
      if (there === undefined) return entry.optional === true && entry.os === undefined;
      return entry.link === true || (there.version === entry.version && there.integrity === entry.integrity);
    });
}

function wantedHere(entry, platform, arch) {
  const suits = (allowed, word) => allowed === undefined || allowed.includes(word);
  return entry.libc === undefined && suits(entry.os, platform) && suits(entry.cpu, arch);
}
