// Lets one set-up at a time change this checkout: two terminals may start cellfarm in the same moment.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failed } from './command.mjs';
import { root } from './paths.mjs';

/** Runs `work` while no other process does. A lock whose holder is gone is taken over. */
export async function whileAlone(work, folder = join(root, '.cellfarm')) {
  const file = join(folder, 'setup.lock');
  while (!take(file)) {
    if (!alive(holder(file))) rmSync(file, { force: true });
    else await new Promise((wake) => setTimeout(wake, 200));
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  const mine = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(mine, String(process.pid));
    linkSync(mine, file); // the lock appears with its holder's number in it, or not at all
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw failed('start set-up', error.message);
  } finally {
    rmSync(mine, { force: true });
  }
}

function holder(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined; // it ended in this moment
    throw error;
  }
}

function alive(pid) {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
