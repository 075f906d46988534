// From the compiler's task graph to the tasks of a run. A cell at home is one task; a cell that leaves is three: home ships its
// inputs, a worker runs it, home binds what came back. Maps add their shards when home reaches them.
import { parseDuration, type Compiled, type Task, type TaskId } from '@cellfarm/protocol';
import { CellOrder, type OrderedCell } from './cell-order.js';
import type { ScheduledTask } from './task.js';

/** Home collects and pickles the inputs of a cell that leaves. */
export function shipTask(cell: TaskId): TaskId {
  return `${cell}.ship` as TaskId;
}
/** Home binds what the cell brought back, or plays the cell itself when it was withdrawn, given up or settled. */
export function bindTask(cell: TaskId): TaskId {
  return `${cell}.bind` as TaskId;
}

interface Cell extends OrderedCell {
  readonly task: Task;
}

/**
 * Tasks in document order, each after everything it needs. Cells of role `skip` have none.
 * Home tasks form a chain; what they do not wait for is an away cell they have nothing to do with.
 */
export function expandGraph({ graph, plans }: Compiled): ScheduledTask[] {
  const order = new CellOrder(graph);
  const tasks: ScheduledTask[] = [];
  const away: Cell[] = [];
  let previous: TaskId[] = [];
  for (const plan of [...plans].sort((a, b) => a.cell - b.cell)) {
    const task = graph.tasks.find((other) => other.id === plan.task);
    const facts = graph.cells.find((other) => other.index === plan.cell);
    if (task === undefined || facts === undefined || facts.status === 'skipped' || task.role === 'skip')
      continue;
    const cell: Cell = { plan, task, facts };
    const binds = away
      .filter((earlier) => order.mustFollow(earlier, cell))
      .map((earlier) => bindTask(earlier.task.id));
    const needs = [...previous, ...binds];
    if (plan.ship === null) {
      tasks.push(homeTask(cell, task.id, needs, true));
      previous = [task.id];
    } else {
      tasks.push(homeTask(cell, shipTask(task.id), needs, false), awayTask(cell));
      tasks.push(homeTask(cell, bindTask(task.id), [task.id], false));
      away.push(cell);
    }
  }
  return tasks;
}

function homeTask(cell: Cell, id: TaskId, needs: readonly TaskId[], plays: boolean): ScheduledTask {
  return { ...common(cell, id, needs), lane: 'home', ...(plays ? {} : { timeoutMs: null, userRetries: 0 }) };
}

function awayTask(cell: Cell): ScheduledTask {
  return { ...common(cell, cell.task.id, [shipTask(cell.task.id)]), lane: 'away' };
}

function common({ plan, task }: Cell, id: TaskId, needs: readonly TaskId[]): Omit<ScheduledTask, 'lane'> {
  const { timeout, retries } = task.resources;
  return {
    id,
    order: plan.cell,
    target: task.target,
    resources: task.resources,
    needs,
    timeoutMs: timeout === undefined ? null : parseDuration(timeout),
    userRetries: retries ?? 0,
    way: 'process',
    map: null,
  };
}
