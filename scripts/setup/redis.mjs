// Makes sure that a Redis is there for the service to start privately. Without one a run still works (the in-process
// queue takes over), so a plain start only says what is missing; the tests need a real one.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { failed, runQuietly } from './command.mjs';
import { stamps } from './paths.mjs';
import { Problem } from './problem.mjs';
import { hasStamp, writeStamp } from './stamp.mjs';

const refused = join(stamps, 'redis-not-installed');

/** @param {{ required: boolean }} options `required`: stop where it cannot be had, instead of going on without */
export function redisServer({ required }) {
  return {
    name: 'redis-server',
    fresh: () =>
      onPath('redis-server') || onPath('valkey-server') || (!required && hasStamp(refused, 'said')),
    run() {
      try {
        install();
      } catch (error) {
        if (required || !(error instanceof Problem)) throw error;
        process.stderr.write(
          `cellfarm: ${error.message} Until then the in-process queue serves this machine's runs.\n`,
        );
        writeStamp(refused, 'said');
      }
    },
  };
}

function install() {
  if (process.platform === 'darwin') throw byHand('brew install redis');
  if (!onPath('apt-get'))
    throw byHand("install `redis-server` or `valkey-server` with this system's package manager");
  const prefix = asRoot();
  if (prefix === undefined) throw byHand('sudo apt-get install redis-server');
  // RUNLEVEL=1 keeps Debian from starting the server for everyone: cellfarm starts its own, on a private socket.
  const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-qq'];
  const run = (...args) => runQuietly(apt[0], [...apt.slice(1), ...args]);
  const listed = run('update');
  const done = run('install', '-y', '--no-install-recommends', 'redis-server');
  if (!done.ok) throw failed('install redis-server', listed.output + done.output);
}

function byHand(command) {
  const said = command.startsWith('install') ? command : `run \`${command}\``;
  return new Problem(
    `there is no redis-server or valkey-server on PATH, which distributed runs use: ${said}.`,
  );
}

/** What to put before a command so that it runs as root: nothing, sudo without a question, or undefined: cannot. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return runQuietly('sudo', ['-n', 'true']).ok ? ['sudo', '-n'] : undefined;
}

export function onPath(program, path = process.env.PATH ?? '') {
  return path.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));
}
