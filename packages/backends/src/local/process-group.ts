// Finds and ends all that one launched process started: its process group, its descendants in other groups, and everything in
// its control group where it has one (that also holds daemons which left group and parent behind). Knows nothing of why.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlGroup } from './control-group.js';
import { type ProcessMark, type ProcessRow, descendants, readProcessTable } from './process-table.js';

/** Time that the system gets to end processes after SIGKILL before they are called unkillable, in milliseconds. */
const KILL_PATIENCE_MS = 5_000;

export interface KnownMembers {
  /** Processes of it that were seen outside the group. */
  readonly strays: readonly ProcessMark[];
  /** Whether the group's number is (still) known to be its own. */
  readonly groupIsOurs: boolean;
}

export class ProcessGroup {
  /** Processes seen outside the group, by number: they are looked for again when their parent is gone. */
  private readonly strayStarts: Map<number, string>;
  /** True once nothing of the group was left after its leader: the number may belong to somebody else by now. */
  private over: boolean;

  /** `known`: what was written down of one that was started earlier. */
  constructor(
    readonly leader: ProcessMark,
    readonly control: ControlGroup | null,
    known: KnownMembers = { strays: [], groupIsOurs: true },
  ) {
    this.over = !known.groupIsOurs;
    this.strayStarts = new Map(known.strays.map(({ pid, startTime }) => [pid, startTime]));
  }

  /** Processes of it that were seen outside the group and ran when it was last looked at. */
  get strays(): ProcessMark[] {
    return [...this.strayStarts].map(([pid, startTime]) => ({ pid, startTime }));
  }

  /** Everything of it that runs, zombies not counted. */
  async members(): Promise<ProcessRow[]> {
    return this.membersIn(await readProcessTable());
  }

  /** The same, by a table that was just read. */
  membersIn(table: readonly ProcessRow[]): ProcessRow[] {
    const inside = new Set(this.control?.pids() ?? []);
    const ours = new Map<number, ProcessRow>();
    for (const row of table) {
      const isStray = this.strayStarts.get(row.pid) === row.startTime;
      if (this.isInGroup(row) || inside.has(row.pid) || isStray) ours.set(row.pid, row);
    }
    for (const row of descendants(table, new Set(ours.keys()))) ours.set(row.pid, row);
    ours.delete(process.pid);
    const running = [...ours.values()].filter((row) => !row.zombie);
    this.strayStarts.clear();
    for (const row of running) if (!this.isInGroup(row)) this.strayStarts.set(row.pid, row.startTime);
    return running;
  }

  /** To be called when the leader has been reaped. */
  async leaderEnded(): Promise<void> {
    if (!signalGroup(this.leader.pid, 0)) this.over = true;
    if ((await this.members()).length === 0) this.over = true;
  }

  /** Ends everything. Answers what could not be ended, which is nothing but for processes that hang in the kernel. */
  async end(graceMs: number): Promise<ProcessRow[]> {
    const first = await this.members();
    if (first.length === 0) return [];
    if (graceMs === 0) return this.kill();
    this.signal(first, 'SIGTERM');
    // a stopped process hears nothing but SIGKILL until it goes on
    this.signal(first, 'SIGCONT');
    if ((await this.waitUntilGone(graceMs, () => undefined)).length === 0) return [];
    return this.kill();
  }

  /** Ends everything at once. */
  async kill(): Promise<ProcessRow[]> {
    return this.waitUntilGone(KILL_PATIENCE_MS, (rows) => this.signal(rows, 'SIGKILL'));
  }

  private async waitUntilGone(
    patienceMs: number,
    meanwhile: (rows: ProcessRow[]) => void,
  ): Promise<ProcessRow[]> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const began = performance.now();
      const rows = await this.members();
      if (rows.length === 0) return rows;
      meanwhile(rows);
      const now = performance.now();
      if (now >= deadline) return rows;
      // looking costs in proportion to the processes of the host: never spend more than a quarter of the time on it
      await sleep(Math.min(Math.max(20, 3 * (now - began)), Math.max(1, deadline - now)));
    }
  }

  private signal(rows: readonly ProcessRow[], signal: NodeJS.Signals): void {
    if (signal === 'SIGKILL') this.control?.kill();
    if (rows.some((row) => this.isInGroup(row))) signalGroup(this.leader.pid, signal);
    for (const row of rows) {
      if (!this.isInGroup(row)) signalOne(row.pid, signal);
    }
  }

  private isInGroup(row: ProcessRow): boolean {
    return !this.over && row.group === this.leader.pid;
  }
}

/** False when there is no such group any more. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  return signalOne(-group, signal);
}

function signalOne(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ESRCH') return false;
    // EPERM: it runs under another user now (setuid), or only zombies are left of a group (macOS)
    if (code === 'EPERM') return true;
    throw error;
  }
}
