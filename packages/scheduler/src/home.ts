// The slot `home`: one process, one task at a time, in document order. When it is lost another home plays everything again
// that was played before, and the shards of its open maps are void.
import { countLoss } from './back-off.js';
import { failRun } from './end-run.js';
import { forgetMapsOf, withdrawMapsOf } from './maps.js';
import { moveBack, moveTask } from './move-task.js';
import { say, type SchedulerState } from './scheduler-state.js';
import { closeSlot, emptySlot, startTask } from './slots.js';
import type { TaskRecord } from './task-record.js';
import { wakeBy } from './wake.js';

/** Opens home when it is closed and may be opened; gives it its next task when it is free. */
export function placeHome(state: SchedulerState): void {
  const home = state.home;
  if (state.phase !== 'running') return;
  if (home.state === 'closed') {
    if (state.now < state.homeOpenings.notBefore) wakeBy(state, state.homeOpenings.notBefore);
    else openHome(state);
    return;
  }
  const next = state.homeReady.first();
  if (home.state === 'open' && home.inFlight.length === 0 && next !== undefined) startTask(state, home, next);
}

function openHome(state: SchedulerState): void {
  const home = state.home;
  home.epoch += 1;
  home.openedBy = state.event;
  home.state = 'opening';
  say(state, {
    type: 'open-slot',
    slot: home.id,
    epoch: home.epoch,
    target: state.target,
    way: 'home',
    resources: {},
    map: null,
  });
}

/** Home's process is gone. */
export function loseHome(state: SchedulerState, cause: string): void {
  const [playing] = emptySlot(state, state.home);
  if (playing !== undefined) playing.endedProcesses += 1;
  countLoss(state.homeOpenings, state.home, state);
  if (playing !== undefined && playing.endedProcesses >= state.limits.endedProcesses) {
    const task = playing.spec.id;
    if (cause === 'out-of-memory') failRun(state, playing, 'C4006', { task });
    else failRun(state, playing, 'C4003', { task, count: playing.endedProcesses });
    return;
  }
  if (state.homeOpenings.losses >= state.limits.lossesInARow) {
    failRun(state, playing ?? null, 'C4002', { slot: 'home', detail: cause });
    return;
  }
  replayHome(state, playing, cause);
}

/** Closes a home whose task took too long; the next home plays everything again. */
export function restartHome(state: SchedulerState): void {
  say(state, {
    type: 'close-slot',
    slot: state.home.id,
    epoch: state.home.epoch,
    reason: 'task-timeout',
  });
  const [playing] = emptySlot(state, state.home);
  replayHome(state, playing, 'task-timeout');
}

function replayHome(state: SchedulerState, playing: TaskRecord | undefined, cause: string): void {
  const home = state.home;
  for (const slot of state.workers) if (slot.work?.way === 'fork') closeSlot(state, slot, 'home-lost');
  let withdrawn: TaskRecord[] = [];
  if (playing !== undefined) {
    withdrawn = withdrawMapsOf(state, playing, 'home was lost');
    forgetMapsOf(state, playing);
  }
  const replayed: TaskRecord[] = [];
  for (const cell of state.cells) {
    if (cell.work !== null || (cell.state !== 'done' && cell.state !== 'running')) continue;
    const note = `home of epoch ${home.epoch} was lost: ${cause}`;
    if (state.stop === null || cell.spec.order < state.stop.order) {
      moveBack(state, cell, note);
      replayed.push(cell);
    } else if (cell.state === 'running') moveTask(state, cell, 'cancelled', note);
  }
  say(state, {
    type: 'replay-home',
    epoch: home.epoch + 1,
    replayed: replayed.map((task) => task.spec.id),
    withdrawn: withdrawn.map((task) => task.spec.id),
  });
}
