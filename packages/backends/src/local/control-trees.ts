// Finds where the control groups of this process are: in the unified tree (version 2) and in the memory tree of version 1.
// Whether anything may be made there is found out by control-group.ts, by trying.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Folders of this process' own groups; null where there is no such tree. */
export interface ControlTrees {
  readonly unified: string | null;
  readonly memory: string | null;
}

/** Mount point of the first mount of this type, and with this option where one is given. */
function mountPoint(mounts: string, type: string, option: string | null): string | null {
  for (const line of mounts.split('\n')) {
    const [left, right] = line.split(' - ');
    const [found, , options] = right?.split(' ') ?? [];
    const point = left?.split(' ')[4];
    if (found !== type || point === undefined) continue;
    if (option === null || options?.split(',').includes(option)) return point;
  }
  return null;
}

/** From the texts of /proc/self/cgroup and /proc/self/mountinfo. */
export function findControlTrees(ownGroups: string, mounts: string): ControlTrees {
  const trees = { unified: null as string | null, memory: null as string | null };
  for (const line of ownGroups.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    const isMemory = controllers.split(',').includes('memory');
    if (controllers !== '' && !isMemory) continue;
    const mount = isMemory ? mountPoint(mounts, 'cgroup', 'memory') : mountPoint(mounts, 'cgroup2', null);
    trees[isMemory ? 'memory' : 'unified'] = mount === null ? null : resolve(join(mount, path));
  }
  return trees;
}

/** The trees of this process; both null on systems without control groups. */
export function readControlTrees(): ControlTrees {
  if (!existsSync('/proc/self/cgroup')) return { unified: null, memory: null };
  return findControlTrees(
    readFileSync('/proc/self/cgroup', 'utf8'),
    readFileSync('/proc/self/mountinfo', 'utf8'),
  );
}
