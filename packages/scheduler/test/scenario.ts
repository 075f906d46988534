// A run told by a test: events in, instructions remembered, time in the test's hand, invariants checked after every event.
import type { ErrorReport, SlotId, TargetName, TaskId } from '@cellfarm/protocol';
import { expect } from 'vitest';
import {
  checkInvariants,
  createScheduler,
  step,
  type Instruction,
  type Limits,
  type RunOpened,
  type ScheduledTask,
  type SchedulerEvent,
  type SchedulerState,
} from '@cellfarm/scheduler';

type Timeless<T> = T extends unknown ? Omit<T, 'now'> : never;
type InstructionOf<T extends Instruction['type']> = Extract<Instruction, { type: T }>;

export const LOCAL = 'local' as TargetName;
export const ROOMY: Limits = { targets: { local: { cpus: 64, memoryBytes: 2 ** 36, gpus: 0 } } };
export const BOOM: ErrorReport = {
  code: 'C4001',
  name: 'cell-raised',
  message: 'ValueError: boom',
  hint: '',
  cell: 3,
  line: 1,
};

export function id(text: string): TaskId {
  return text as TaskId;
}

type Loose = Partial<Omit<ScheduledTask, 'needs' | 'map' | 'target'>> & {
  needs?: string[];
  map?: string;
  target?: string;
};

function task(lane: 'home' | 'away', name: string, loose: Loose): ScheduledTask {
  const { needs = [], map, target = 'auto', ...rest } = loose;
  return {
    id: id(name),
    lane,
    order: 0,
    resources: {},
    timeoutMs: null,
    userRetries: 0,
    way: 'process',
    ...rest,
    target: target as TargetName,
    needs: needs.map(id),
    map: map === undefined ? null : id(map),
  };
}

export function homeTask(name: string, order: number, loose: Loose = {}): ScheduledTask {
  return task('home', name, { order, ...loose });
}
export function awayTask(name: string, order: number, loose: Loose = {}): ScheduledTask {
  return task('away', name, { order, ...loose });
}
/** `count` shards of one map, forked unless told otherwise. */
export function shards(map: string, count: number, loose: Loose = {}): ScheduledTask[] {
  return Array.from({ length: count }, (_, n) => awayTask(`${map}/${n}`, n, { way: 'fork', map, ...loose }));
}

export class Scenario {
  readonly state: SchedulerState = createScheduler();
  /** Instructions of the latest event. */
  latest: Instruction[] = [];
  readonly all: Instruction[] = [];
  now = 1_000;

  open(tasks: ScheduledTask[], options: Partial<Omit<RunOpened, 'type' | 'now' | 'tasks'>> = {}): this {
    return this.tell({
      type: 'run-opened',
      tasks,
      workers: 2,
      target: LOCAL,
      limits: ROOMY,
      epoch: 0,
      done: [],
      durations: {},
      ...options,
    });
  }

  /** Opens the run and answers for home, so that the first home task is playing. */
  openWithHome(
    tasks: ScheduledTask[],
    options: Partial<Omit<RunOpened, 'type' | 'now' | 'tasks'>> = {},
  ): this {
    return this.open(tasks, options).opened('home');
  }

  tell(event: Timeless<SchedulerEvent>): this {
    this.latest = step(this.state, { ...event, now: this.now });
    this.all.push(...this.latest);
    expect(checkInvariants(this.state)).toEqual([]);
    return this;
  }

  after(ms: number): this {
    this.now += ms;
    return this;
  }

  tick(): this {
    return this.tell({ type: 'tick' });
  }

  epoch(slot: string): number {
    return this.state.slots.get(slot as SlotId)?.epoch ?? 0;
  }

  opened(...slots: string[]): this {
    for (const slot of slots)
      this.tell({ type: 'slot-opened', slot: slot as SlotId, epoch: this.epoch(slot) });
    return this;
  }

  lost(slot: string, cause: 'infrastructure' | 'out-of-memory' = 'infrastructure'): this {
    return this.tell({ type: 'slot-lost', slot: slot as SlotId, epoch: this.epoch(slot), cause });
  }

  refused(slot: string, reason = 'will not fork'): this {
    return this.tell({ type: 'slot-refused', slot: slot as SlotId, epoch: this.epoch(slot), reason });
  }

  add(...tasks: ScheduledTask[]): this {
    return this.tell({ type: 'tasks-added', tasks });
  }

  withdraw(...tasks: string[]): this {
    return this.tell({ type: 'tasks-withdrawn', tasks: tasks.map(id) });
  }

  succeed(name: string, durationMs = 1): this {
    return this.tell({ type: 'task-succeeded', ...this.whereIs(name), durationMs });
  }
  raise(name: string, error = BOOM): this {
    return this.tell({ type: 'task-raised', ...this.whereIs(name), durationMs: 1, error });
  }
  settle(name: string): this {
    return this.tell({ type: 'task-settled', ...this.whereIs(name), durationMs: 1 });
  }
  exit(name: string): this {
    return this.tell({ type: 'task-exited', ...this.whereIs(name), durationMs: 1 });
  }

  /** Slot and epoch of the latest start of a task. */
  whereIs(name: string): { task: TaskId; slot: SlotId; epoch: number } {
    const start = this.all.findLast((said) => said.type === 'start-task' && said.task === name);
    if (start?.type !== 'start-task') throw new Error(`${name} was never started`);
    return { task: start.task, slot: start.slot, epoch: start.epoch };
  }

  said<T extends Instruction['type']>(type: T): InstructionOf<T>[] {
    return this.latest.filter((said): said is InstructionOf<T> => said.type === type);
  }

  /** The latest event's starts, as `task@slot`. */
  starts(): string[] {
    return this.said('start-task').map((said) => `${said.task}@${said.slot}`);
  }
  opens(): string[] {
    return this.said('open-slot').map((said) => `${said.slot}:${said.way}`);
  }
  closes(): string[] {
    return this.said('close-slot').map((said) => `${said.slot}:${said.reason}`);
  }

  stateOf(name: string): string | undefined {
    return this.state.tasks.get(id(name))?.state;
  }
}
