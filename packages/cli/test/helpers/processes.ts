// The processes below one process, by cellfarm's part, as `ps` shows them.
import { execFileSync } from 'node:child_process';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function allProcesses(): Process[] {
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,command='], { encoding: 'utf8' }).trim().split('\n');
  return lines.flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? '' }] : [];
  });
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

/** Whether a process runs; one that has ended and only waits to be noted by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return state !== '' && !state.startsWith('Z');
  } catch {
    return false; // ps says so with its exit status
  }
}
