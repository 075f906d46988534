// One launched process from its start to the end of everything it started: its group, its limit, its last words, its end.
import type { ChildProcess } from 'node:child_process';
import type { LaunchSpec, Launched, ProcessEnd, Remains } from '../backend.js';
import { makeControlGroup } from './control-group.js';
import type { ControlTrees } from './control-trees.js';
import { watchMemory } from './memory-watch.js';
import { ProcessGroup } from './process-group.js';
import { type ProcessRow, markOf } from './process-table.js';
import { toRemains } from './remains.js';
import { LastWords } from './last-words.js';

/** Start time of a process that ended before it could be read; equal to no true one. */
const UNKNOWN_START = 'unknown';

export class LocalProcess implements Launched {
  readonly name: string;
  readonly pid: number;
  readonly ended: Promise<ProcessEnd>;
  private overLimit = false;

  private constructor(
    spec: LaunchSpec,
    private readonly group: ProcessGroup,
    exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>,
    private readonly words: LastWords,
    memoryPollMs: number,
  ) {
    this.name = spec.name;
    this.pid = group.leader.pid;
    const endWatch = this.limitMemory(spec.memoryBytes, memoryPollMs);
    this.ended = exit.then(async ({ code, signal }) => {
      endWatch();
      const oomKilled = signal === 'SIGKILL' && (this.overLimit || (group.control?.oomKilled() ?? false));
      await group.leaderEnded();
      return { exitCode: code, signal, oomKilled };
    });
  }

  /** Takes over a child that was just started. */
  static async adopt(
    child: ChildProcess & { readonly pid: number },
    spec: LaunchSpec,
    trees: ControlTrees,
    memoryPollMs: number,
  ): Promise<LocalProcess> {
    const control = makeControlGroup(trees, `cellfarm-${spec.name}`, child.pid, spec.memoryBytes);
    const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    const words = new LastWords(child, exit);
    const leader = (await markOf(child.pid)) ?? { pid: child.pid, startTime: UNKNOWN_START };
    return new LocalProcess(spec, new ProcessGroup(leader, control), exit, words, memoryPollMs);
  }

  get remains(): Remains {
    return toRemains(this.group);
  }

  /** A control group knows all its processes without being told. */
  get needsSurvey(): boolean {
    return this.group.control === null;
  }

  /** Notes which processes are its own, as long as their parents can tell. */
  survey(table: readonly ProcessRow[]): void {
    this.group.membersIn(table);
  }

  /** Settles when nothing of it runs. `graceMs` 0: ends it by force at once. */
  async stop(graceMs: number): Promise<void> {
    const left = await this.group.end(graceMs);
    await this.group.control?.remove();
    if (left.length > 0) {
      throw new Error(`processes ${left.map((row) => row.pid).join(', ')} of ${this.name} cannot be ended`);
    }
    await this.ended;
  }

  collect(): Promise<string> {
    return this.words.text;
  }

  private limitMemory(limitBytes: number | null, pollMs: number): () => void {
    if (limitBytes === null || this.group.control?.limitsMemory) return () => undefined;
    const pids = async (): Promise<number[]> => (await this.group.members()).map((row) => row.pid);
    const kill = async (): Promise<void> => {
      this.overLimit = true;
      await this.group.kill();
    };
    return watchMemory(pids, limitBytes, pollMs, kill, (error) => {
      this.words.add(`cellfarm: its memory cannot be watched: ${String(error)}\n`);
    });
  }
}
