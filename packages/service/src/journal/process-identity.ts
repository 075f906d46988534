// Tells a process from a later one that got the same pid, by when it was born, and whether it still lives. A zombie
// is dead. Used for owners on this host only; about other hosts nothing can be said.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Owner } from './journal-types.js';

/** State and start time within /proc/<pid>/stat, counted after the command's closing parenthesis. */
const STATE_FIELD = 0;
const START_FIELD = 19;

/** This process as an owner. */
export function thisOwner(instance: string): Owner {
  return { instance, host: hostname(), pid: process.pid, birth: birthOf(process.pid) ?? 'unknown' };
}

/** Whether the owner cannot write any more, as far as this host can tell. */
export function isDead(owner: Owner): boolean {
  return owner.host === hostname() && birthOf(owner.pid) !== owner.birth;
}

/** A text that differs between processes with the same pid; null when there is none with it. */
export function birthOf(pid: number): string | null {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): string | null {
  const stat = textOf(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (isOver(fields[STATE_FIELD] ?? '')) return null;
  return `${(textOf('/proc/sys/kernel/random/boot_id') ?? '').trim()}:${fields[START_FIELD]}`;
}

function fromPs(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [state = '', ...birth] = line.split(/\s+/);
    return line === '' || isOver(state) ? null : birth.join(' ');
  } catch {
    return null;
  }
}

function isOver(state: string): boolean {
  return state.startsWith('Z') || state.startsWith('X');
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
