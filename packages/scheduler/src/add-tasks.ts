// Takes new tasks in: links them to what they need, to their map and to the home task that opened it, and ranks them.
import type { TaskId } from '@cellfarm/protocol';
import { kindOf, newKind, type TaskKind } from './durations.js';
import { badEvent } from './illegal-transition.js';
import { enterReady, moveTask } from './move-task.js';
import { rankAll, rankTask } from './priorities.js';
import type { SchedulerState } from './scheduler-state.js';
import { beginStory } from './story.js';
import { isOver, satisfies, type ScheduledTask, type TaskState } from './task.js';
import type { TaskRecord } from './task-record.js';

const NO_TASKS: readonly TaskRecord[] = [];

/** `done`: those of them whose committed results are there already. */
export function addTasks(
  state: SchedulerState,
  specs: readonly ScheduledTask[],
  done: ReadonlySet<TaskId> = new Set(),
): void {
  const owner = state.home.inFlight[0] ?? null;
  let cells = false;
  for (const spec of specs) {
    const task = addTask(state, spec, owner, done.has(spec.id));
    if (spec.map === null) cells = true;
    else rankTask(task);
    if (task.state === 'ready') enterReady(state, task);
  }
  if (cells) rankAll(state);
}

function addTask(
  state: SchedulerState,
  spec: ScheduledTask,
  playing: TaskRecord | null,
  done: boolean,
): TaskRecord {
  const before = state.tasks.get(spec.id);
  if (before && (!isOver(before.state) || before.dependents.length > 0))
    throw badEvent(`task ${spec.id} came twice`);
  const home = spec.lane === 'home';
  if (home && (spec.map !== null || done)) throw badEvent(`home task ${spec.id} cannot be a shard or done`);
  if (!home && spec.way === 'fork' && spec.map === null)
    throw badEvent(`task ${spec.id} is forked without a map`);
  if (spec.map !== null && playing === null) throw badEvent(`shard ${spec.id} came while home plays nothing`);
  const needs = spec.needs.length === 0 ? NO_TASKS : spec.needs.map((need) => needOf(state, spec.id, need));
  const unmet = needs.reduce((count, need) => count + (satisfies(need.state) ? 0 : 1), 0);
  const born: TaskState = done ? 'done' : unmet === 0 ? 'ready' : 'waiting';
  const task: TaskRecord = {
    spec,
    seq: state.nextSeq,
    kind: kindFor(state, spec.id),
    work: home ? null : state.classes.of(spec),
    owner: spec.map === null ? null : playing,
    needs,
    dependents: [],
    state: born,
    unmet,
    rank: 0,
    tail: 0,
    shards: null,
    heapIndex: -1,
    attempt: 0,
    endedProcesses: 0,
    timeouts: 0,
    raises: 0,
    wasDone: done,
    slot: null,
    log: beginStory(state.event, state.now - state.openedAt, born),
  };
  state.nextSeq += 1;
  for (const need of needs) need.dependents.push(task);
  state.tasks.set(spec.id, task);
  if (!done) {
    state.unfinished += 1;
    task.kind.left += 1;
  }
  if (spec.map === null) state.cells.push(task);
  else {
    state.maps.set(spec.map, (state.maps.get(spec.map) ?? 0) + 1);
    if (playing !== null) (playing.shards ??= []).push(task);
  }
  return task;
}

function needOf(state: SchedulerState, task: TaskId, id: TaskId): TaskRecord {
  const need = state.tasks.get(id);
  if (need === undefined) throw badEvent(`task ${task} needs ${id}, which is not known`);
  return need;
}

function kindFor(state: SchedulerState, task: TaskId): TaskKind {
  const name = kindOf(task);
  let kind = state.kinds.get(name);
  if (kind === undefined) {
    kind = newKind(name, state.durations[name]);
    state.kinds.set(name, kind);
  }
  return kind;
}

/** After a stop, what is later in the notebook does not start any more; what is running may still end. */
export function cancelLater(state: SchedulerState): void {
  const stop = state.stop;
  if (stop === null) return;
  const note = `${stop.task.spec.id} stopped the run`;
  for (const cell of state.cells) {
    if (cell.state !== 'waiting' && cell.state !== 'ready') continue;
    const hopeless = cell.needs.some((need) => need.state === 'failed' || need.state === 'cancelled');
    if (hopeless || cell.spec.order >= stop.order) moveTask(state, cell, 'cancelled', note);
  }
}
