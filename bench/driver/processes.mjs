// What processes weigh, as `ps` tells it, on Linux and macOS alike. Shared pages count once for each process that maps them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

function table() {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' });
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid, parent, kilobytes]) => ({ pid, parent, kilobytes }));
}

/** Resident memory of one process, in MB; with its descendants unless told otherwise. */
export function residentMegabytes(pid, alone = false) {
  const rows = table();
  const wanted = new Set([pid]);
  if (!alone) {
    let before = 0;
    while (wanted.size > before) {
      before = wanted.size;
      for (const row of rows) if (wanted.has(row.parent)) wanted.add(row.pid);
    }
  }
  const sum = rows.filter((row) => wanted.has(row.pid)).reduce((total, row) => total + row.kilobytes, 0);
  return (sum * 1024) / 1e6;
}

/** Seconds of processor that a process used so far; undefined where there is no /proc. */
export function processorSeconds(pid) {
  if (process.platform !== 'linux') return undefined;
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100; // clock ticks are hundredths of a second on Linux
}
