// Processor time and memory of the processes that the agent started, with all that these started: from /proc where there is one,
// else from `ps`. Differences between two looks are made in process-use.ts.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const hasProc = existsSync('/proc/self/stat');
/** USER_HZ: what Linux counts processor time in, on every architecture it is compiled for here. */
const TICKS_PER_SECOND = 100;

export interface ProcessTime {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Processor time since its start, in seconds. */
  readonly seconds: number;
  readonly memoryBytes: number;
}

type Row = Omit<ProcessTime, 'memoryBytes'>;

/** One /proc/<pid>/stat; null when it is not one or the process has ended. The name in parentheses may hold anything. */
export function parseStat(text: string): Row | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  const ticks = Number(fields[11]) + Number(fields[12]);
  const pid = Number.parseInt(text, 10);
  if (Number.isNaN(pid) || Number.isNaN(ticks) || state === 'Z' || state === 'X') return null;
  return { pid, parent: Number(parent), group: Number(group), seconds: ticks / TICKS_PER_SECOND };
}

/** Output of `ps -axo pid=,ppid=,pgid=,rss=,time=`; times look like `1-02:03:04` or `3:04.55`. */
export function parsePs(text: string): ProcessTime[] {
  return text.split('\n').flatMap((line): ProcessTime[] => {
    const [pid, parent, group, kib, time] = line.trim().split(/\s+/);
    if (time === undefined) return [];
    const parts = time.split(/[-:]/).map(Number).reverse();
    const seconds = [1, 60, 3_600, 86_400].reduce((sum, unit, at) => sum + unit * (parts[at] ?? 0), 0);
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        seconds,
        memoryBytes: Number(kib) * 1024,
      },
    ];
  });
}

/** Those whose group is led by one of `roots`, and all that descend from them. */
export function ofRoots<T extends Row>(rows: readonly T[], roots: ReadonlySet<number>): T[] {
  const children = new Map<number, T[]>();
  for (const row of rows) {
    const siblings = children.get(row.parent);
    if (siblings) siblings.push(row);
    else children.set(row.parent, [row]);
  }
  const found = new Set(rows.filter(({ pid, group }) => roots.has(pid) || roots.has(group)));
  const open = [...found];
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    for (const child of children.get(row.pid) ?? []) {
      if (found.has(child)) continue;
      found.add(child);
      open.push(child);
    }
  }
  return [...found];
}

/** Processes of `roots` as they are now. */
export async function readProcesses(roots: ReadonlySet<number>): Promise<ProcessTime[]> {
  if (roots.size === 0) return [];
  if (!hasProc) {
    const columns = ['-o', 'pid=', '-o', 'ppid=', '-o', 'pgid=', '-o', 'rss=', '-o', 'time='];
    const env = { ...process.env, LC_ALL: 'C' };
    return ofRoots(
      parsePs((await run('ps', ['-ax', ...columns], { env, maxBuffer: 2 ** 25 })).stdout),
      roots,
    );
  }
  const rows = readdirSync('/proc').flatMap((name): Row[] => {
    const row = /^\d+$/.test(name) ? parseStat(contentOf(`/proc/${name}/stat`) ?? '') : null;
    return row === null ? [] : [row];
  });
  return ofRoots(rows, roots).map((row) => ({ ...row, memoryBytes: residentBytes(row.pid) }));
}

function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s*(\d+) kB$/m.exec(contentOf(`/proc/${pid}/status`) ?? '')?.[1];
  return Number(kib ?? 0) * 1024;
}

/** UUIDs of the GPUs that were reserved for a process when it was started; where there is no /proc, none are known. */
export function reservedGpus(pid: number): string[] {
  const environment = hasProc ? (contentOf(`/proc/${pid}/environ`) ?? '') : '';
  const devices = /(?:^|\0)CUDA_VISIBLE_DEVICES=([^\0]*)/.exec(environment)?.[1] ?? '';
  return devices.split(',').filter((name) => /^(GPU|MIG)-/.test(name));
}

/** Null when the process has ended, or is another user's. */
function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return null;
    throw error;
  }
}
