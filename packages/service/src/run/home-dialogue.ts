// The dialogue with home, one task at a time: play a cell, collect the inputs of one that leaves, bind what it brought back. Maps inside
// a cell are `maps.ts`, what happens away is `away-cells.ts`.
import {
  BoundMeta,
  CellfarmError,
  FRAME,
  NoteMeta,
  OutputMeta,
  PlayedMeta,
  ShippedMeta,
} from '@cellfarm/protocol';
import type { Frame, TaskId } from '@cellfarm/protocol';
import type { AwayCells } from './away-cells.js';
import type { BookedCell } from './cell-book.js';
import type { Desk } from './desk.js';
import { raisedReport } from './raised-report.js';
import { stopwatch } from './stopwatch.js';
import { HOME } from './slots.js';
import type { Slot, Slots } from './slots.js';
import { readMeta } from './read-meta.js';

interface Current {
  readonly task: TaskId;
  readonly booked: BookedCell;
  readonly attempt: number;
  readonly elapsed: () => number;
}

export class HomeDialogue {
  private current: Current | null = null;

  constructor(
    private readonly desk: Desk,
    private readonly slots: Slots,
    private readonly away: AwayCells,
  ) {}

  start(task: TaskId, slot: Slot, attempt: number): void {
    const work = this.desk.book.atHome(task);
    if (!work) throw new Error(`${task} is no task of home`);
    const { booked } = work;
    this.current = { task, booked, attempt, elapsed: stopwatch() };
    this.desk.emit({ type: 'task.started', task, attempt, worker: HOME, host: slot.host });
    switch (work.type) {
      case 'play':
        this.play(task, booked, slot);
        return;
      case 'ship':
        this.ship(task, booked, slot);
        return;
      case 'bind':
        this.bind(task, booked, slot);
        return;
    }
  }

  /** What home is at; null between two tasks. */
  get doing(): TaskId | null {
    return this.current?.task ?? null;
  }

  private ship(task: TaskId, booked: BookedCell, slot: Slot): void {
    const { ship, trains: training, task: cellTask } = booked.plan;
    if (training && this.desk.settings.workers < 2) {
      this.away.stayHome(cellTask, 'a gang of one rank trains no faster than home');
      const done = this.take(task);
      if (done) this.succeed(done, slot, done.elapsed(), false);
      return;
    }
    const names = ship?.inputs ?? [];
    this.slots.send(slot, { type: FRAME.ship, meta: { task, cell: booked.cell.index, names, training } });
  }

  private play(task: TaskId, booked: BookedCell, slot: Slot): void {
    const cell = booked.cell.index;
    if (this.desk.view.cells.has(cell)) this.desk.emit({ type: 'cell.replayed', cell });
    this.desk.emit({ type: 'cell.started', cell, executionCount: booked.executionCount });
    const { fork, workers, elementsPerShard } = this.desk.settings;
    const options = { fork, workers, probe: elementsPerShard === null };
    this.slots.send(slot, {
      type: FRAME.play,
      meta: { ...this.desk.book.playMeta(booked, options), task },
    });
  }

  /** Binds what the cell brought back; a cell that could not leave, or brought nothing usable, is played here instead. */
  private bind(task: TaskId, booked: BookedCell, slot: Slot): void {
    const brought = this.away.brought(booked.plan.task);
    if (brought === null) {
      this.play(task, booked, slot);
      return;
    }
    const meta = {
      task,
      cell: booked.cell.index,
      names: booked.plan.ship?.outputs ?? [],
      object: brought.object,
    };
    this.slots.send(slot, { type: FRAME.bind, meta, payload: brought.payload });
  }

  output(frame: Frame): void {
    const { cell, ...output } = readMeta(OutputMeta, frame);
    this.desk.emit({ type: 'cell.output', cell, output });
  }

  note(frame: Frame): void {
    this.desk.emit({ type: 'run.note', ...readMeta(NoteMeta, frame) });
  }

  played(frame: Frame, slot: Slot): void {
    const meta = readMeta(PlayedMeta, frame);
    const done = this.take(meta.task);
    if (!done) return;
    const durationMs = done.elapsed();
    const cell = done.booked.cell.index;
    this.desk.emit({ type: 'cell.finished', cell, state: meta.error ? 'error' : 'ok', durationMs });
    if (meta.error && !done.booked.mayRaise) {
      const error = raisedReport(meta.error, cell);
      const { task, attempt } = done;
      this.desk.emit({ type: 'task.failed', task, attempt, worker: HOME, error, recovered: false });
      this.desk.tell({ type: 'task-raised', task, slot: slot.id, epoch: slot.epoch, durationMs, error });
      return;
    }
    this.succeed(done, slot, durationMs, meta.exit);
  }

  shipped(frame: Frame, slot: Slot): void {
    const meta = readMeta(ShippedMeta, frame);
    const done = this.take(meta.task);
    if (!done) return;
    const { task } = done.booked.plan;
    if (meta.refused === null) this.away.keepInputs(task, meta.object, frame.payload);
    else this.away.stayHome(task, meta.refused);
    this.succeed(done, slot, done.elapsed(), false);
  }

  bound(frame: Frame, slot: Slot): void {
    const done = this.take(readMeta(BoundMeta, frame).task);
    if (done) this.succeed(done, slot, done.elapsed(), false);
  }

  private succeed(done: Current, slot: Slot, durationMs: number, exited: boolean): void {
    const { task, attempt } = done;
    this.desk.emit({ type: 'task.finished', task, attempt, worker: HOME, durationMs, cached: false });
    const type = exited ? 'task-exited' : 'task-succeeded';
    this.desk.tell({ type, task, slot: slot.id, epoch: slot.epoch, durationMs });
  }

  private take(task: TaskId): Current | null {
    const current = this.current;
    if (current?.task !== task) {
      this.desk.log.warn({ run: this.desk.run, task }, 'home answered for a task it was not given');
      return null;
    }
    this.current = null;
    return current;
  }

  /** Home is gone; what it was doing failed, and another home does it again. */
  lost(reason: string): void {
    const current = this.current;
    if (!current) return;
    this.current = null;
    const { task, attempt, booked } = current;
    const error = new CellfarmError('C4002', { slot: HOME, detail: reason }, { cell: booked.cell.index })
      .report;
    this.desk.emit({ type: 'task.failed', task, attempt, worker: HOME, error, recovered: true });
  }
}
