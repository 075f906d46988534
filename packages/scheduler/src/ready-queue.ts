// Ready tasks in the order they should start: a binary heap that knows each task's place, so that one can be taken out.
import type { TaskRecord } from './task-record.js';

/** Negative when `a` goes first. */
export type Before = (a: TaskRecord, b: TaskRecord) => number;

/** Document order: home tasks. */
export const byDocumentOrder: Before = (a, b) => a.spec.order - b.spec.order || a.seq - b.seq;
/** Longest path to a sink first, then document order: away tasks. */
export const byCriticalPath: Before = (a, b) =>
  b.rank - a.rank || a.spec.order - b.spec.order || a.seq - b.seq;

export class ReadyQueue {
  private readonly heap: TaskRecord[] = [];

  constructor(private readonly before: Before) {}

  get size(): number {
    return this.heap.length;
  }

  /** The tasks, in no particular order. */
  get tasks(): readonly TaskRecord[] {
    return this.heap;
  }

  first(): TaskRecord | undefined {
    return this.heap[0];
  }

  add(task: TaskRecord): void {
    this.heap.push(task);
    this.up(task, this.heap.length - 1);
  }

  remove(task: TaskRecord): void {
    const at = task.heapIndex;
    const last = this.heap.pop();
    task.heapIndex = -1;
    if (last === undefined || last === task) return;
    this.up(last, at);
    this.down(last, last.heapIndex);
  }

  /** Puts everything in order again after ranks changed. */
  reorder(): void {
    for (let at = (this.heap.length >> 1) - 1; at >= 0; at -= 1) {
      const task = this.heap[at];
      if (task) this.down(task, at);
    }
  }

  private put(task: TaskRecord, at: number): void {
    this.heap[at] = task;
    task.heapIndex = at;
  }

  private up(task: TaskRecord, from: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.heap[above];
      if (parent === undefined || this.before(parent, task) <= 0) break;
      this.put(parent, at);
      at = above;
    }
    this.put(task, at);
  }

  private down(task: TaskRecord, from: number): void {
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      let child = this.heap[left];
      if (child === undefined) break;
      let childAt = left;
      const right = this.heap[left + 1];
      if (right !== undefined && this.before(right, child) < 0) {
        child = right;
        childAt = left + 1;
      }
      if (this.before(task, child) <= 0) break;
      this.put(child, at);
      at = childAt;
    }
    this.put(task, at);
  }
}
