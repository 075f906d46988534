import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byCriticalPath, ReadyQueue } from '../src/ready-queue.js';
import type { TaskRecord } from '../src/task-record.js';
import { createScheduler, step } from '../src/index.js';
import { awayTask, LOCAL, ROOMY } from './scenario.js';

/** Records as the scheduler makes them, with these ranks; none of them is in a queue. */
function records(ranks: readonly number[]): TaskRecord[] {
  const state = createScheduler();
  const tasks = [awayTask('gate', 0), ...ranks.map((_, n) => awayTask(`t${n}`, n % 3, { needs: ['gate'] }))];
  step(state, {
    type: 'run-opened',
    now: 0,
    tasks,
    workers: 1,
    target: LOCAL,
    limits: ROOMY,
    epoch: 0,
    done: [],
    durations: {},
  });
  return [...state.tasks.values()].slice(1).map((task, n) => Object.assign(task, { rank: ranks[n] ?? 0 }));
}

describe('a ready queue', () => {
  it('gives the longest path first, then document order, whatever was taken out in between', () => {
    const operations = fc.array(fc.record({ remove: fc.boolean(), which: fc.nat(100) }), {
      maxLength: 80,
      size: 'max',
    });
    fc.assert(
      fc.property(
        fc.array(fc.nat(5), { minLength: 1, maxLength: 30, size: 'max' }),
        operations,
        (ranks, moves) => {
          const tasks = records(ranks);
          const queue = new ReadyQueue(byCriticalPath);
          const inside = new Set<TaskRecord>();
          for (const { remove, which } of moves) {
            const task = tasks[which % tasks.length];
            if (task === undefined) continue;
            if (!inside.has(task)) {
              queue.add(task);
              inside.add(task);
            } else if (remove) {
              queue.remove(task);
              inside.delete(task);
            }
          }
          const order = [];
          for (let next = queue.first(); next !== undefined; next = queue.first()) {
            queue.remove(next);
            order.push(next);
          }
          expect(order).toEqual([...inside].sort(byCriticalPath));
          expect(tasks.every((task) => task.heapIndex === -1)).toBe(true);
        },
      ),
    );
  });

  it('is in order again after ranks changed', () => {
    const tasks = records([1, 2, 3, 4, 5]);
    const queue = new ReadyQueue(byCriticalPath);
    for (const task of tasks) queue.add(task);
    for (const task of tasks) task.rank = 10 - task.rank;
    queue.reorder();
    expect(queue.first()).toBe(tasks[0]);
  });
});
