// Tasks that can share a process: same target, way and resources, and for forked shards the same map (a fork holds home's
// memory of that moment). Each class has its own ready queue and its own slots.
import type { Resources, TargetName, TaskId } from '@cellfarm/protocol';
import { newOpenings, type Openings } from './back-off.js';
import { byCriticalPath, ReadyQueue } from './ready-queue.js';
import type { SlotRecord } from './slot-record.js';
import type { ScheduledTask, Way } from './task.js';

export interface WorkClass {
  readonly key: string;
  readonly target: TargetName;
  readonly way: Way;
  /** For `fork`. */
  readonly map: TaskId | null;
  readonly resources: Resources;
  readonly ready: ReadyQueue;
  /** Opening and open. */
  readonly slots: Set<SlotRecord>;
  /** How many of them are opening. */
  opening: number;
  readonly openings: Openings;
}

export class WorkClasses {
  private readonly byKey = new Map<string, WorkClass>();
  /** Classes with ready tasks. */
  readonly active = new Set<WorkClass>();
  /** The last task's class: a map's shards share their resources. */
  private last: { task: ScheduledTask; work: WorkClass } | null = null;

  /** `home`: the target that `auto` stands for. */
  constructor(private readonly home: TargetName) {}

  of(task: ScheduledTask): WorkClass {
    const last = this.last;
    if (
      last !== null &&
      last.task.resources === task.resources &&
      last.task.map === task.map &&
      last.task.way === task.way &&
      last.task.target === task.target
    )
      return last.work;
    // A fork is where home is, whatever target was asked for.
    const target = task.target === 'auto' || task.way === 'fork' ? this.home : task.target;
    const map = task.way === 'fork' ? task.map : null;
    const { cpus, memory, gpus, gpuMemory } = task.resources;
    const key = JSON.stringify([target, task.way, map, cpus, memory, gpus, gpuMemory]);
    let work = this.byKey.get(key);
    if (work === undefined) {
      work = {
        key,
        target,
        way: task.way,
        map,
        resources: task.resources,
        ready: new ReadyQueue(byCriticalPath),
        slots: new Set(),
        opening: 0,
        openings: newOpenings(),
      };
      this.byKey.set(key, work);
    }
    this.last = { task, work };
    return work;
  }

  all(): IterableIterator<WorkClass> {
    return this.byKey.values();
  }

  /** Forgets the classes of a closed map. */
  forgetMap(map: TaskId): void {
    for (const work of this.byKey.values()) if (work.map === map) this.byKey.delete(work.key);
    this.last = null;
  }
}
