// Reads which processes run on this host and tells one from a later one of the same number by when it started.
// From /proc where there is one, else from `ps`. Ends nothing: that is process-group.ts.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { uptime } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A process, told from every other that had or will have its number. */
export interface ProcessMark {
  readonly pid: number;
  /** Opaque; equal only for the same process. */
  readonly startTime: string;
}

export interface ProcessRow extends ProcessMark {
  readonly parent: number;
  readonly group: number;
  /** Ended, and only waiting for its parent to notice. */
  readonly zombie: boolean;
  /** When it started, in milliseconds since 1970, good to about a second. */
  readonly startedAt: number;
}

const run = promisify(execFile);
const hasProc = existsSync('/proc/self/stat');
/** USER_HZ: what Linux counts start times in, on every architecture it is compiled for here. */
const TICKS_PER_SECOND = 100;
/** About 3 ms of reading. */
const ROWS_PER_TURN = 100;
let knownBoot: string | null = null;

/** Numbers and start times begin again at every boot, so the boot belongs to a mark. */
function boot(): string {
  knownBoot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return knownBoot;
}

/** One line of /proc/<pid>/stat; null when it is not one. The name in parentheses may hold anything. */
export function parseStat(text: string, bootId: string, bootedAt: number): ProcessRow | null {
  const nameEnd = text.lastIndexOf(')');
  const pid = Number.parseInt(text, 10);
  const fields = text.slice(nameEnd + 2).split(' ');
  const [state, parent, group] = fields;
  const ticks = fields[19];
  if (nameEnd < 0 || Number.isNaN(pid) || ticks === undefined) return null;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    zombie: state === 'Z' || state === 'X',
    startTime: `${bootId}:${ticks}`,
    startedAt: bootedAt + (Number(ticks) / TICKS_PER_SECOND) * 1000,
  };
}

/** Output of `ps -axo pid=,ppid=,pgid=,stat=,lstart=`. */
export function parsePs(text: string): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
    if (!match) continue;
    const [, pid, parent, group, state, started] = match;
    rows.push({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      zombie: state?.startsWith('Z') ?? false,
      startTime: started ?? '',
      startedAt: Date.parse(started ?? ''),
    });
  }
  return rows;
}

function bootedAt(): number {
  return Date.now() - uptime() * 1000;
}

/** Read without leaving the turn: the kernel has the answer in memory, and a process that was just started must be known at once. */
function statOf(pid: string, bootTime: number): ProcessRow | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'), boot(), bootTime);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ESRCH';
}

async function ps(selection: readonly string[]): Promise<ProcessRow[]> {
  const columns = ['-o', 'pid=', '-o', 'ppid=', '-o', 'pgid=', '-o', 'stat=', '-o', 'lstart='];
  const env = { ...process.env, LC_ALL: 'C' };
  try {
    return parsePs((await run('ps', [...selection, ...columns], { env, maxBuffer: 2 ** 25 })).stdout);
  } catch (error) {
    // ps exits with 1 when nothing matches the selection
    if ((error as { code?: unknown }).code === 1) return [];
    throw error;
  }
}

/** All processes of this host that can be seen. */
export async function readProcessTable(): Promise<ProcessRow[]> {
  if (!hasProc) return ps(['-ax']);
  const bootTime = bootedAt();
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows: ProcessRow[] = [];
  for (const [index, name] of names.entries()) {
    const row = statOf(name, bootTime);
    if (row !== null) rows.push(row);
    if (index % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn();
  }
  return rows;
}

/** The process that has this number now, zombies excluded; null when there is none. */
export async function markOf(pid: number): Promise<ProcessMark | null> {
  const row = hasProc ? statOf(String(pid), bootedAt()) : (await ps(['-p', String(pid)]))[0];
  return row && !row.zombie ? { pid: row.pid, startTime: row.startTime } : null;
}

/** Whether the marked process still runs. */
export async function isStill(mark: ProcessMark): Promise<boolean> {
  return (await markOf(mark.pid))?.startTime === mark.startTime;
}

/** The rows of `table` that descend from one of `roots`, the roots themselves not among them. */
export function descendants(table: readonly ProcessRow[], roots: ReadonlySet<number>): ProcessRow[] {
  const children = new Map<number, ProcessRow[]>();
  for (const row of table) {
    const siblings = children.get(row.parent);
    if (siblings) siblings.push(row);
    else children.set(row.parent, [row]);
  }
  const found = new Map<number, ProcessRow>();
  const open = [...roots];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (found.has(child.pid) || roots.has(child.pid)) continue;
      found.set(child.pid, child);
      open.push(child.pid);
    }
  }
  return [...found.values()];
}
