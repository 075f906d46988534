// Installs one package of the system where that is allowed: by apt as root, or by sudo where it asks nothing. Everything else is told
// as a command to run by hand.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { failed, runQuietly } from './command.mjs';
import { Problem } from './problem.mjs';

/**
 * @param {{ name: string, lacking: string, brew: string, other: string }} wanted `name`: of Debian's package; `lacking`: what is not there
 * and who needs it; `brew`: words after `brew install`; `other`: what to do on other systems
 */
export function installSystemPackage({ name, lacking, brew, other }) {
  const byHand = (words) => new Problem(`${lacking}: ${words}.`);
  if (process.platform === 'darwin') throw byHand(`run \`brew install ${brew}\``);
  if (!onPath('apt-get')) throw byHand(other);
  const prefix = asRoot();
  if (prefix === undefined) throw byHand(`run \`sudo apt-get install ${name}\``);
  // RUNLEVEL=1 keeps Debian from starting servers for everyone.
  const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-qq'];
  const run = (...args) => runQuietly(apt[0], [...apt.slice(1), ...args]);
  const listed = run('update');
  const done = run('install', '-y', '--no-install-recommends', name);
  if (!done.ok) throw failed(`install ${name}`, listed.output + done.output);
}

/** What to put before a command so that it runs as root: nothing, sudo without a question, or undefined: cannot. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return runQuietly('sudo', ['-n', 'true']).ok ? ['sudo', '-n'] : undefined;
}

export function onPath(program, path = process.env.PATH ?? '') {
  return path.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));
}
