// What is written down of a launched process, and how it is ended after its agent died. A number alone proves nothing: it may
// belong to another process by now. So the leader is known by its start time; where it has ended, what is left of its group is
// known by having started while the dead agent still vouched for that group; a process outside of it by its own start time; a
// control group is ours by its name.
import { basename, normalize } from 'node:path';
import type { Remains } from '../backend.js';
import { openControlGroup } from './control-group.js';
import { ProcessGroup } from './process-group.js';
import { type ProcessMark, isStill, readProcessTable } from './process-table.js';

/** Start times are good to a second, and clocks are set: processes this close to `seenAt` are not judged by it. */
const CLOCK_MARGIN_MS = 2_000;

interface LocalRemains {
  readonly pid: number;
  readonly startTime: string;
  readonly controlGroups: readonly string[];
  /** Processes of it that were seen outside its group. */
  readonly strays: readonly ProcessMark[];
}

export function toRemains(group: ProcessGroup): Remains {
  const { leader, control, strays } = group;
  return { ...leader, controlGroups: control?.folders ?? [], strays };
}

function isMark(mark: unknown): mark is ProcessMark {
  if (typeof mark !== 'object' || mark === null || !('pid' in mark) || !('startTime' in mark)) return false;
  const { pid, startTime } = mark;
  return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 1 && typeof startTime === 'string';
}

/** A folder that a control group of ours may have. */
function isOurFolder(folder: unknown): folder is string {
  if (typeof folder !== 'string' || normalize(folder) !== folder) return false;
  return folder.startsWith('/sys/fs/cgroup/') && basename(folder).startsWith('cellfarm-');
}

/** Throws TypeError when it is not what `toRemains` wrote. */
function parseRemains(remains: Remains): LocalRemains {
  const { controlGroups, strays } = remains;
  const isRight =
    isMark(remains) &&
    Array.isArray(controlGroups) &&
    controlGroups.every(isOurFolder) &&
    Array.isArray(strays) &&
    strays.every(isMark);
  if (!isRight) throw new TypeError(`not the remains of a local process: ${JSON.stringify(remains)}`);
  const { pid, startTime } = remains;
  return { pid, startTime, controlGroups, strays };
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
  const known = parseRemains(remains);
  const { controlGroups, strays } = known;
  const control = controlGroups.length === 0 ? null : openControlGroup(controlGroups, false);
  const groupIsOurs = await isStillOurs(known, seenAt);
  const leader = { pid: known.pid, startTime: known.startTime };
  const group = new ProcessGroup(leader, control, { strays, groupIsOurs });
  const found = await group.members();
  const left = await group.kill();
  await control?.remove();
  return found.length - left.length;
}
