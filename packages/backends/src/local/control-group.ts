// One control group of Linux for one launched process, where the host lets us make one: it holds everything that the process
// starts, limits its memory as a whole, and says whether that limit ended it. Absent rights or controllers are an answer
// (null, or `limitsMemory` false), not an error: process groups and the memory watch then do the work.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlTrees } from './control-trees.js';

export interface ControlGroup {
  /** Its folders, for the sweep after an agent's death. */
  readonly folders: readonly string[];
  readonly limitsMemory: boolean;
  pids(): number[];
  /** Ends everything inside, where the kernel can do that in one step. */
  kill(): void;
  oomKilled(): boolean;
  /** Removes the folders, once the kernel sees them empty. */
  remove(): Promise<void>;
}

/** Makes a control group and puts `pid` into it; null where none can be made. `memoryBytes` null: no limit. */
export function makeControlGroup(
  trees: ControlTrees,
  name: string,
  pid: number,
  memoryBytes: number | null,
): ControlGroup | null {
  const folders: string[] = [];
  const limited = memoryBytes === null ? null : limitedFolder(trees, name, pid, memoryBytes);
  if (limited !== null) folders.push(limited);
  const isUnified = limited !== null && existsSync(join(limited, 'cgroup.kill'));
  if (trees.unified !== null && !isUnified) {
    const folder = makeFolder(trees.unified, name, pid, () => undefined);
    if (folder !== null) folders.push(folder);
  }
  return folders.length === 0 ? null : openControlGroup(folders, limited !== null);
}

/** A folder whose memory is limited: in the unified tree, there or beside (where the parent hands the controller down), or in version 1's. */
function limitedFolder(trees: ControlTrees, name: string, pid: number, memoryBytes: number): string | null {
  const limit = String(memoryBytes);
  for (const parent of trees.unified === null ? [] : [trees.unified, dirname(trees.unified)]) {
    const made = makeFolder(parent, name, pid, (folder) => {
      writeFileSync(join(folder, 'memory.max'), limit, { flag: 'r+' });
      attempt(() => writeFileSync(join(folder, 'memory.swap.max'), '0', { flag: 'r+' }));
      attempt(() => writeFileSync(join(folder, 'memory.oom.group'), '1', { flag: 'r+' }));
    });
    if (made !== null) return made;
  }
  if (trees.memory === null) return null;
  return makeFolder(trees.memory, name, pid, (folder) => {
    writeFileSync(join(folder, 'memory.limit_in_bytes'), limit, { flag: 'r+' });
    attempt(() => writeFileSync(join(folder, 'memory.memsw.limit_in_bytes'), limit, { flag: 'r+' }));
  });
}

function makeFolder(
  parent: string,
  name: string,
  pid: number,
  prepare: (folder: string) => void,
): string | null {
  const folder = join(parent, name);
  if (!attempt(() => mkdirSync(folder))) return null;
  const entered = attempt(() => {
    prepare(folder);
    writeFileSync(join(folder, 'cgroup.procs'), String(pid), { flag: 'r+' });
  });
  if (entered) return folder;
  attempt(() => rmdirSync(folder));
  return null;
}

/** A control group that was made before, by this agent or by one that died. */
export function openControlGroup(folders: readonly string[], limitsMemory: boolean): ControlGroup {
  return {
    folders,
    limitsMemory,
    pids: () => [...new Set(folders.flatMap((folder) => numbersIn(join(folder, 'cgroup.procs'))))],
    kill: () => {
      for (const folder of folders) {
        attempt(() => writeFileSync(join(folder, 'cgroup.kill'), '1', { flag: 'r+' }));
      }
    },
    oomKilled: () =>
      folders.some((folder) =>
        ['memory.events', 'memory.oom_control'].some((file) =>
          /^oom_kill [1-9]/m.test(textOf(join(folder, file))),
        ),
      ),
    remove: async () => {
      for (const folder of folders) {
        for (let tries = 0; tries < 50 && existsSync(folder); tries += 1) {
          if (!attempt(() => rmdirSync(folder))) await sleep(10);
        }
      }
    },
  };
}

function numbersIn(file: string): number[] {
  return textOf(file)
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

/** Empty when the kernel does not have or show the file. */
function textOf(file: string): string {
  let text = '';
  attempt(() => {
    text = readFileSync(file, 'utf8');
  });
  return text;
}

/** Runs one step against the kernel; false when the kernel refuses it. Whatever is not a refusal is thrown on. */
function attempt(step: () => void): boolean {
  try {
    step();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return false;
  }
}
