// Cells that leave home as a whole: keeps the inputs that home collected, has a worker run the cell, commits what it brings back and hands
// that to home for binding. Whatever cannot leave or come back is played at home instead, with a note.
import { createHash } from 'node:crypto';
import { FRAME, CellfarmError, OutputMeta, ResultMeta, STATUS } from '@cellfarm/protocol';
import type { ErrorReport, Frame, ObjectRef, SlotId, TaskId } from '@cellfarm/protocol';
import type { Result, ResultKey, ResultValue } from '../journal/journal-types.js';
import type { BookedCell } from './cell-book.js';
import type { Desk } from './desk.js';
import { lineInTraceback, raisedReport, reasonParts } from './raised-report.js';
import type { PassedObjects } from './passed-objects.js';
import type { Slot, Slots } from './slots.js';
import type { TaskNumbers } from './task-numbers.js';
import { readMeta } from './read-meta.js';

interface Cargo {
  readonly object: ObjectRef | null;
  readonly payload: Uint8Array;
}

interface Trip {
  readonly number: number;
  attempt: number;
  slot: SlotId;
  /** The exception that the worker showed, for the report. */
  raised: { ename: string; evalue: string; line: number | null } | null;
}

/** What the result of a cell says of it. */
type Brought = Omit<ResultMeta, 'durationsMs' | 'files'> & { readonly durationMs: number };

/** Worker named in events of results that an earlier process computed. */
export const JOURNAL = 'journal';
const EMPTY = new Uint8Array(0);

export class AwayCells {
  private readonly inputs = new Map<TaskId, Cargo>();
  private readonly trips = new Map<number, { task: TaskId; trip: Trip }>();
  private readonly atHome = new Set<TaskId>();
  private readonly results = new Map<TaskId, ResultValue>();

  constructor(
    private readonly desk: Desk,
    private readonly slots: Slots,
    private readonly objects: PassedObjects,
    private readonly numbers: TaskNumbers,
    /** Whether what a committed result names is still there. */
    private readonly usable: (result: Result) => boolean,
  ) {}

  /** One result for each cell and code: what was committed once is taken, whoever plays the inputs again. */
  private keyOf(task: TaskId, booked: BookedCell): ResultKey {
    const inputs = createHash('sha256').update(`${task}\0${booked.cell.source}`).digest('hex');
    return { task, occurrence: 0, count: 1, inputs, home: 0 };
  }

  private committed(task: TaskId): ResultValue | null {
    const latest = this.results.get(task);
    if (latest) return latest;
    const booked = this.desk.book.awayCell(task);
    if (!booked) return null;
    const { run, journal, log } = this.desk;
    const key = this.keyOf(task, booked);
    const [result] = journal.results(run, key);
    if (!result || this.usable(result)) return result?.value ?? null;
    log.warn({ run, task }, 'the object of a committed result is lost');
    journal.retractResult(run, key, result.start);
    return null;
  }

  /** Cells whose results an earlier service of this run committed. */
  committedTasks(): TaskId[] {
    return [...this.desk.book.awayCells()]
      .map(([task]) => task)
      .filter((task) => this.committed(task) !== null);
  }

  /** Takes a committed result instead of running the cell again. */
  reuse(task: TaskId): void {
    const durationMs = this.desk.view.tasks.get(task)?.durationMs ?? 0;
    this.desk.emit({ type: 'task.finished', task, attempt: 1, worker: JOURNAL, durationMs, cached: true });
  }

  keepInputs(task: TaskId, object: ObjectRef | null, payload: Uint8Array): void {
    this.inputs.set(task, { object, payload });
  }

  /** The cell does not leave: its inputs cannot. */
  stayHome(task: TaskId, reason: string): void {
    this.atHome.add(task);
    this.note(task, reason);
    this.desk.tell({ type: 'tasks-withdrawn', tasks: [task] });
  }

  /** The cell was brought home before the service was lost. */
  keepHome(task: TaskId): void {
    if (!this.mayComeHome(task)) return;
    this.atHome.add(task);
    this.desk.tell({ type: 'tasks-withdrawn', tasks: [task] });
  }

  private note(task: TaskId, reason: string): void {
    const cell = this.desk.book.awayCell(task)?.cell.index ?? null;
    this.desk.emit({
      type: 'run.note',
      level: 'info',
      code: 'cell-stays-home',
      text: `the cell runs at home: ${reason}`,
      cell,
    });
  }

  start(task: TaskId, booked: BookedCell, slot: Slot, attempt: number): void {
    const { index, id, source } = booked.cell;
    const trip: Trip = { number: this.numbers.take(1), attempt, slot: slot.id, raised: null };
    this.trips.set(trip.number, { task, trip });
    if (this.desk.view.cells.has(index)) this.desk.emit({ type: 'cell.replayed', cell: index });
    this.desk.emit({ type: 'task.started', task, attempt, worker: slot.id, host: slot.host });
    this.desk.emit({ type: 'cell.started', cell: index, executionCount: booked.executionCount });
    const cargo = this.inputs.get(task) ?? { object: null, payload: EMPTY };
    const object = cargo.object ? this.objects.known(cargo.object) : null;
    const meta = {
      task,
      cell: index,
      cellId: id,
      code: source,
      executionCount: booked.executionCount,
      outputs: booked.plan.ship?.outputs ?? [],
      object,
      ranks: booked.plan.trains ? this.desk.settings.workers : null,
    };
    this.slots.send(slot, { type: FRAME.runCell, task: trip.number, attempt, meta, payload: cargo.payload });
  }

  output(frame: Frame): void {
    const { cell, ...output } = readMeta(OutputMeta, frame);
    if (output.type === 'error') this.keepError(cell, output.content);
    this.desk.emit({ type: 'cell.output', cell, output });
  }

  private keepError(cell: number, { ename, evalue, traceback }: Record<string, unknown>): void {
    const lines = Array.isArray(traceback) ? traceback.map(String) : [];
    for (const { task, trip } of this.trips.values()) {
      const booked = this.desk.book.awayCell(task);
      if (booked?.cell.index !== cell) continue;
      const line = lineInTraceback(lines, booked.executionCount);
      trip.raised = { ename: String(ename), evalue: String(evalue), line };
    }
  }

  /** False when the number is none of an away cell. */
  result(frame: Frame, slot: Slot): boolean {
    const entry = this.trips.get(frame.task);
    if (!entry) return false;
    const { task, trip } = entry;
    const booked = this.desk.book.awayCell(task);
    if (!booked || trip.slot !== slot.id || frame.epoch !== slot.epoch) return true;
    this.trips.delete(frame.task);
    const { durationsMs, ...rest } = readMeta(ResultMeta, frame);
    const meta = { ...rest, durationMs: durationsMs.reduce((sum, each) => sum + each, 0) };
    const { durationMs } = meta;
    const raised = frame.status === STATUS.raised;
    this.desk.emit({
      type: 'cell.finished',
      cell: booked.cell.index,
      state: raised ? 'error' : 'ok',
      durationMs,
    });
    if (frame.status === STATUS.ok) this.succeed(task, booked, trip, slot, frame, meta);
    else if (raised && !booked.mayRaise) this.raise(task, booked, trip, slot, meta);
    else this.comeHome(task, trip, slot, meta);
    return true;
  }

  private succeed(
    task: TaskId,
    booked: BookedCell,
    trip: Trip,
    slot: Slot,
    frame: Frame,
    meta: Brought,
  ): void {
    const value: ResultValue = meta.object
      ? { type: 'object', ref: this.objects.known(meta.object) }
      : { type: 'inline', bytes: frame.payload };
    const { durationMs } = meta;
    const result = {
      start: 0,
      stop: 1,
      slot: slot.id,
      epoch: slot.epoch,
      status: frame.status,
      durationMs,
      value,
      files: null,
    };
    if (!this.desk.journal.commitResult(this.desk.run, this.keyOf(task, booked), result)) {
      this.desk.log.warn({ run: this.desk.run, task, epoch: slot.epoch }, 'a result was refused');
    }
    const { attempt } = trip;
    this.results.set(task, value);
    this.inputs.delete(task);
    this.desk.emit({ type: 'task.finished', task, attempt, worker: slot.id, durationMs, cached: false });
    this.desk.tell({ type: 'task-succeeded', task, slot: slot.id, epoch: slot.epoch, durationMs });
  }

  private raise(task: TaskId, booked: BookedCell, trip: Trip, slot: Slot, meta: Brought): void {
    const shown = trip.raised ?? { ...reasonParts(meta.reason), line: null };
    const error = raisedReport(shown, booked.cell.index);
    const { durationMs } = meta;
    this.desk.emit({
      type: 'task.failed',
      task,
      attempt: trip.attempt,
      worker: slot.id,
      error,
      recovered: false,
    });
    this.desk.tell({ type: 'task-raised', task, slot: slot.id, epoch: slot.epoch, durationMs, error });
  }

  /** What it brought cannot be used: the cell is played again, at home. */
  private comeHome(task: TaskId, trip: Trip, slot: Slot, meta: Brought): void {
    this.atHome.add(task);
    const cell = this.desk.book.awayCell(task)?.cell.index;
    const detail = { detail: meta.reason, fix: 'Nothing has to be done.' };
    const error = new CellfarmError('C2104', detail, cell === undefined ? {} : { cell }).report;
    this.desk.emit({
      type: 'task.failed',
      task,
      attempt: trip.attempt,
      worker: slot.id,
      error,
      recovered: true,
    });
    this.note(task, meta.reason);
    this.desk.tell({
      type: 'task-settled',
      task,
      slot: slot.id,
      epoch: slot.epoch,
      durationMs: meta.durationMs,
    });
  }

  /** Whether the cell is on its way or may still leave. */
  mayComeHome(task: TaskId): boolean {
    return this.desk.book.awayCell(task) !== undefined && !this.atHome.has(task) && !this.results.has(task);
  }

  /** Whether a worker is running it. */
  isAway(task: TaskId): boolean {
    return [...this.trips.values()].some((away) => away.task === task);
  }

  /** Somebody wants the cell at home: what a worker made of it so far is dropped. */
  bringHome(task: TaskId, error: ErrorReport): void {
    for (const [number, away] of this.trips) {
      if (away.task !== task) continue;
      this.trips.delete(number);
      const { attempt, slot: worker } = away.trip;
      this.desk.emit({ type: 'task.failed', task, attempt, worker, error, recovered: true });
    }
    this.stayHome(task, error.message);
  }

  /** The scheduler found no way to run it away. */
  giveUp(task: TaskId, reason: string): void {
    this.atHome.add(task);
    this.note(task, reason);
  }

  /** What home is to bind; null when it must play the cell itself. */
  brought(task: TaskId): Cargo | null {
    const value = this.atHome.has(task) ? null : this.committed(task);
    if (value === null) return null;
    if (value.type === 'inline') return { object: null, payload: value.bytes };
    return { object: this.objects.known(value.ref), payload: EMPTY };
  }

  /** A worker is gone; the cell it ran goes back to the scheduler. */
  lost(slot: Slot, reason: string): void {
    for (const [number, { task, trip }] of this.trips) {
      if (trip.slot !== slot.id) continue;
      this.trips.delete(number);
      const error = new CellfarmError('C4002', { slot: slot.id, detail: reason }).report;
      this.desk.emit({
        type: 'task.failed',
        task,
        attempt: trip.attempt,
        worker: slot.id,
        error,
        recovered: true,
      });
    }
  }
}
