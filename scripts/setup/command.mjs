// Runs the programs that set-up needs: always with an argument list, with their output in one log file, shown only
// when they fail. What a failure means is decided by the step that called.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './paths.mjs';
import { Problem } from './problem.mjs';

const logFile = join(root, '.cellfarm', 'setup.log');

/** Runs a program to its end. @returns {{ ok: boolean, found: boolean, output: string }} stdout and stderr together */
export function runQuietly(program, args, options = {}) {
  const done = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  const output = `${done.stdout ?? ''}${done.stderr ?? ''}`;
  const outcome = done.error === undefined ? `exit status ${done.status ?? done.signal}` : done.error.message;
  note(`$ ${[program, ...args].join(' ')}\n${output}[${outcome}]\n`);
  return { ok: done.status === 0, found: done.error === undefined, output };
}

function note(text) {
  try {
    mkdirSync(dirname(logFile), { recursive: true });
    appendFileSync(logFile, text);
  } catch (error) {
    throw failed('write the log of set-up', error.message);
  }
}

const noNetwork =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|NewConnectionError|NameResolutionError|ConnectTimeout|Temporary failure (in name resolution|resolving)|Could not resolve|Network is unreachable|No matching distribution found|Could not fetch URL/;
const noPermission = /EACCES|EPERM|EROFS|Permission denied|Read-only file system|not writable/;
const noSpace = /ENOSPC|No space left on device/;

/** Says in one sentence why a set-up step failed. `what` completes "could not ...". */
export function failed(what, output) {
  if (noSpace.test(output)) {
    return new Problem(`could not ${what}: the disk is full; free about 1.5 GB and run the command again.`);
  }
  if (noPermission.test(output)) {
    return new Problem(
      `could not ${what}: no permission to write to ${root}; make the folder yours (\`sudo chown -R "$USER" ${root}\`) or work in a copy that is, and run the command again.`,
    );
  }
  if (noNetwork.test(output)) {
    return new Problem(
      `could not ${what}: the package registry does not answer; connect to the network (or name your mirror in pip's and npm's configuration) and run the command again. Only the first start needs it. What was tried: ${logFile}`,
    );
  }
  const tail = output.trim().split('\n').slice(-8).join('\n');
  return new Problem(
    `could not ${what}; the last lines were:\n${tail}\nEverything that was tried: ${logFile}`,
  );
}
