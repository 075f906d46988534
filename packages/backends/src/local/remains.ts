// What is written down of a launched process, and how it is ended after its agent died. A number alone proves nothing: it may
// belong to another process by now. So the leader is known by its start time; where it has ended, what is left of its group is
// known by having started while the dead agent still vouched for that group; a control group is ours by its name.
import { basename } from 'node:path';
import type { Remains } from '../backend.js';
import { openControlGroup } from './control-group.js';
import { ProcessGroup } from './process-group.js';
import { isStill, readProcessTable } from './process-table.js';

/** Start times are good to a second, and clocks are set: processes this close to `seenAt` are not judged by it. */
const CLOCK_MARGIN_MS = 2_000;

interface LocalRemains {
  readonly pid: number;
  readonly startTime: string;
  readonly controlGroups: readonly string[];
}

export function toRemains(group: ProcessGroup): Remains {
  return { ...group.leader, controlGroups: group.control?.folders ?? [] };
}

/** Throws TypeError when it is not what `toRemains` wrote. */
function parseRemains(remains: Remains): LocalRemains {
  const { pid, startTime, controlGroups } = remains;
  const isFolder = (folder: unknown): folder is string =>
    typeof folder === 'string' &&
    folder.startsWith('/sys/fs/cgroup/') &&
    basename(folder).startsWith('cellfarm-');
  if (
    typeof pid !== 'number' ||
    !Number.isSafeInteger(pid) ||
    pid < 2 ||
    typeof startTime !== 'string' ||
    !Array.isArray(controlGroups) ||
    !controlGroups.every(isFolder)
  ) {
    throw new TypeError(`not the remains of a local process: ${JSON.stringify(remains)}`);
  }
  return { pid, startTime, controlGroups };
}

/** Whether the group of this number is still the one that the agent saw at `seenAt`. */
async function isStillOurs(leader: LocalRemains, seenAt: number): Promise<boolean> {
  if (await isStill(leader)) return true;
  const table = await readProcessTable();
  // while one of its members lives, the system gives the number of a group to nobody else
  return table.some((row) => row.group === leader.pid && row.startedAt < seenAt - CLOCK_MARGIN_MS);
}

/** Ends what is left, by force. Answers how many processes that were. */
export async function sweepRemains(remains: Remains, seenAt: number): Promise<number> {
  const leader = parseRemains(remains);
  const control = leader.controlGroups.length === 0 ? null : openControlGroup(leader.controlGroups, false);
  const ours = await isStillOurs(leader, seenAt);
  const group = new ProcessGroup(leader, control, { knownByControlAlone: !ours });
  const found = await group.members();
  const left = await group.kill();
  await control?.remove();
  return found.length - left.length;
}
