// A run in simulated time: the real scheduler, processes that take as long as they are told, no clock and no I/O. Shows what a
// rule does to the makespan before anybody runs it.
import type { SlotId, TaskId } from '@cellfarm/protocol';
import type { RunOpened, SchedulerEvent } from './events.js';
import type { Instruction } from './instructions.js';
import { createScheduler, type SchedulerState } from './scheduler-state.js';
import { step } from './step.js';
import type { ScheduledTask } from './task.js';

export interface Simulation {
  readonly tasks: readonly ScheduledTask[];
  readonly workers: number;
  readonly target: RunOpened['target'];
  readonly limits: RunOpened['limits'];
  /** Learnt durations known to the scheduler, as in `run-opened`. @default none */
  readonly durations?: Readonly<Record<string, number>>;
  /** True duration of a task in ms; of a home task that opens a map, beside its shards. */
  readonly durationOf: (task: TaskId) => number;
  /** Shards that a home task adds when it starts; it ends after the last of them. @default none */
  readonly opens?: (task: TaskId) => readonly ScheduledTask[];
  /** Ms until a slot is open. @default 0 */
  readonly openMs?: number;
  /** Ms of a message, one way. @default 0 */
  readonly latencyMs?: number;
  /** Called after every event, for tests. */
  readonly watch?: (state: SchedulerState) => void;
}

export interface Simulated {
  readonly makespanMs: number;
  readonly events: number;
  readonly starts: readonly { readonly task: TaskId; readonly slot: SlotId; readonly at: number }[];
  readonly last: Instruction | undefined;
}

interface Planned {
  readonly at: number;
  readonly event: (now: number) => SchedulerEvent;
}

export function simulate(simulation: Simulation): Simulated {
  return new Simulator(simulation).run();
}

class Simulator {
  private readonly state = createScheduler();
  private readonly planned: Planned[] = [];
  private readonly starts: { task: TaskId; slot: SlotId; at: number }[] = [];
  /** When the process in a slot is free again; forgotten when it closes. */
  private readonly freeAt = new Map<SlotId, number>();
  /** The home task whose shards run, and how many are left. */
  private open: { readonly left: Set<TaskId>; readonly end: (now: number) => void } | null = null;
  private now = 0;
  private events = 0;
  private last: Instruction | undefined;

  constructor(private readonly simulation: Simulation) {}

  run(): Simulated {
    const { tasks, workers, target, limits, durations = {} } = this.simulation;
    this.tell({ type: 'run-opened', now: 0, tasks, workers, target, limits, durations, epoch: 0, done: [] });
    for (let next = this.planned.shift(); next !== undefined; next = this.planned.shift()) {
      this.now = next.at;
      this.tell(next.event(next.at));
      if (this.last?.type === 'finish-run' || this.last?.type === 'fail-run') break;
    }
    return { makespanMs: this.now, events: this.events, starts: this.starts, last: this.last };
  }

  private tell(event: SchedulerEvent): void {
    this.events += 1;
    const instructions = step(this.state, event);
    this.simulation.watch?.(this.state);
    if (event.type === 'task-succeeded') this.shardOver(event.task);
    for (const instruction of instructions) {
      this.last = instruction;
      this.perform(instruction);
    }
  }

  private perform(instruction: Instruction): void {
    const { openMs = 0, latencyMs = 0 } = this.simulation;
    if (instruction.type === 'open-slot') {
      const { slot, epoch } = instruction;
      this.freeAt.set(slot, 0);
      this.plan(this.now + openMs, (now) => ({ type: 'slot-opened', now, slot, epoch }));
    } else if (instruction.type === 'start-task') this.start(instruction, latencyMs);
    else if (instruction.type === 'wake-at') this.plan(instruction.at, (now) => ({ type: 'tick', now }));
    else if (instruction.type === 'give-up-task') this.shardOver(instruction.task);
  }

  private start(
    { task, slot, epoch }: Extract<Instruction, { type: 'start-task' }>,
    latencyMs: number,
  ): void {
    const durationMs = this.simulation.durationOf(task);
    const begin = Math.max(this.now + latencyMs, this.freeAt.get(slot) ?? 0);
    this.starts.push({ task, slot, at: begin });
    const answer = (end: number): void => {
      this.freeAt.set(slot, end);
      this.plan(end + latencyMs, (now) => ({ type: 'task-succeeded', now, task, slot, epoch, durationMs }));
    };
    const shards = slot === 'home' ? (this.simulation.opens?.(task) ?? []) : [];
    if (shards.length === 0) {
      answer(begin + durationMs);
      return;
    }
    this.open = { left: new Set(shards.map((shard) => shard.id)), end: (now) => answer(now + durationMs) };
    this.plan(begin, (now) => ({ type: 'tasks-added', now, tasks: shards }));
  }

  private shardOver(task: TaskId): void {
    const open = this.open;
    if (open === null || !open.left.delete(task) || open.left.size > 0) return;
    this.open = null;
    open.end(this.now);
  }

  /** Keeps the plan in order of time, equal times in the order they were planned. */
  private plan(at: number, event: Planned['event']): void {
    let low = 0;
    let high = this.planned.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.planned[middle]?.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    this.planned.splice(low, 0, { at, event });
  }
}

/** The least any schedule needs: the longest chain, or the work shared evenly, whichever is more. In ms. */
export function lowerBoundMs({ tasks, workers, durationOf }: Simulation): number {
  const ends = new Map<TaskId, number>();
  let work = 0;
  for (const task of tasks) {
    const begin = Math.max(0, ...task.needs.map((need) => ends.get(need) ?? 0));
    ends.set(task.id, begin + durationOf(task.id));
    if (task.lane === 'away') work += durationOf(task.id);
  }
  return Math.max(work / Math.max(1, workers), ...ends.values());
}

/** Makespan in ms of the same tasks when ready ones start in the order they became ready, one at a time in each slot. */
export function fifoMakespanMs({ tasks, workers, durationOf }: Simulation): number {
  const unmet = new Map(tasks.map((task) => [task.id, task.needs.length]));
  const ready = tasks.filter((task) => task.needs.length === 0);
  const running: { readonly id: TaskId; readonly end: number }[] = [];
  let now = 0;
  for (;;) {
    while (running.length < workers) {
      const next = ready.shift();
      if (next === undefined) break;
      running.push({ id: next.id, end: now + durationOf(next.id) });
    }
    running.sort((a, b) => a.end - b.end);
    const ended = running.shift();
    if (ended === undefined) return now;
    now = ended.end;
    for (const task of tasks) {
      if (!task.needs.includes(ended.id)) continue;
      const left = (unmet.get(task.id) ?? 0) - 1;
      unmet.set(task.id, left);
      if (left === 0) ready.push(task);
    }
  }
}
