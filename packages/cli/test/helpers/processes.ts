// The processes below one process, by cellfarm's part, as the system shows them.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

interface Seen extends Process {
  /** One letter, as `ps` has it; `Z` is a process that ended and waits to be noted by its parent. */
  readonly state: string;
}

function allProcesses(): Seen[] {
  return existsSync('/proc/self/stat') ? fromProc() : fromPs();
}

/** Linux tells by files, also where no `ps` is installed. */
function fromProc(): Seen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [{ pid: Number(name), parent: Number(parent), state, command }];
      } catch (error) {
        if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return []; // it ended meanwhile
        throw error;
      }
    });
}

function fromPs(): Seen[] {
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,stat=,command='], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return lines.flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (!match) return [];
    const [, pid, parent, state = '', command = ''] = match;
    return [{ pid: Number(pid), parent: Number(parent), state, command }];
  });
}

/** Throws where there is no process: 0 would mean all of them. */
export function pidOf({ pid }: { readonly pid?: number | undefined }): number {
  if (pid === undefined || pid <= 0) throw new Error('there is no such process');
  return pid;
}

/** All descendants of a process, itself left out. */
function below(pid: number): Process[] {
  const all = allProcesses();
  const found: Process[] = [];
  const look = (parent: number): void => {
    for (const each of all) {
      if (each.parent !== parent) continue;
      found.push(each);
      look(each.pid);
    }
  };
  look(pid);
  return found;
}

const PARTS = {
  service: /\bcellfarm service\b/,
  agent: /\bcellfarm agent\b/,
  home: /\bcellfarm home\b/,
  worker: /\bcellfarm worker\b(?! shard)/,
  shard: /\bcellfarm worker shard\b/,
  redis: /^\S*(redis|valkey)-server\b/,
} as const;
export type Part = keyof typeof PARTS;

/** Descendants of `pid` that are of the part. */
export function partsBelow(pid: number, part: Part): Process[] {
  return below(pid).filter((each) => PARTS[part].test(each.command));
}

/** Kills one process of the part below `pid`, and says which. Throws where there is none: nothing else is ever killed instead. */
export function killPart(pid: number | undefined, part: Part): Process {
  const [victim] = pid === undefined ? [] : partsBelow(pid, part);
  if (!victim) throw new Error(`there is no ${part} below process ${pid}`);
  process.kill(victim.pid, 'SIGKILL');
  return victim;
}

/** Whether a process runs; one that has ended and only waits to be noted by its parent does not. */
export function isAlive(pid: number): boolean {
  return allProcesses().some((each) => each.pid === pid && !each.state.startsWith('Z'));
}

/** Command lines of all descendants of `pid`. */
export function commandsBelow(pid: number): string[] {
  return below(pid).map(({ command }) => command);
}
