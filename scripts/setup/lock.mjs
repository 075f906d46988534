// Lets one set-up at a time change this checkout: two terminals may start cellfarm in the same moment. Each lock is a file with a
// number, and the highest number counts. It is free when it is empty or its holder is gone; who wants it then claims the next number,
// which the file system gives to one only. The highest file stays, so that a number is never given twice to those who came late.
import { linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed } from './command.mjs';
import { root } from './paths.mjs';

const LOCK = /^setup\.lock\.(\d+)$/;
let claims = 0;

/** Runs `work` while no other process does. A lock whose holder is gone is taken over. */
export async function whileAlone(work, folder = join(root, '.cellfarm')) {
  let mine = take(folder);
  while (mine === undefined) {
    await new Promise((wake) => setTimeout(wake, 200));
    mine = take(folder);
  }
  try {
    return await work();
  } finally {
    place(folder, '', (fresh) => renameSync(fresh, pathOf(folder, mine)));
  }
}

/** The number of the lock that is ours now; undefined while another holds it. */
function take(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    const seen = numbers(folder).at(-1) ?? 0;
    if (alive(holder(pathOf(folder, seen)))) return undefined;
    const mine = seen + 1;
    // The lock appears with its holder's number in it, or not at all.
    place(folder, String(process.pid), (fresh) => linkSync(fresh, pathOf(folder, mine)));
    const others = numbers(folder).filter((number) => number !== mine);
    // A higher one means that what was seen is long past: this number had been given, used and cleared away.
    const late = others.some((number) => number > mine);
    for (const number of late ? [mine] : others) rmSync(pathOf(folder, number), { force: true });
    return late ? undefined : mine;
  } catch (error) {
    if (error.code === 'EEXIST' && error.syscall === 'link') return undefined;
    throw failed('start set-up', error.message);
  }
}

const pathOf = (folder, number) => join(folder, `setup.lock.${number}`);

/** Of all locks, the lowest first. */
function numbers(folder) {
  const found = readdirSync(folder).flatMap((name) => LOCK.exec(name)?.[1] ?? []);
  return found.map(Number).sort((a, b) => a - b);
}

/** Writes a private file and has it put where it belongs. */
function place(folder, text, put) {
  const fresh = join(folder, `setup.claim.${process.pid}.${(claims += 1)}`);
  try {
    writeFileSync(fresh, text);
    put(fresh);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** The process that a lock names; undefined where it is free, or gone in this moment. */
function holder(file) {
  try {
    const text = readFileSync(file, 'utf8');
    return text === '' ? undefined : Number(text);
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
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
