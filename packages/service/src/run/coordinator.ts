// Coordinates one run: performs the scheduler's instructions, hands frames to the dialogues they belong to, journals what happens and
// ends the run. It decides nothing that the scheduler or a dialogue decides.
import { CATALOGUE, CellfarmError, applyEvent, assertNever, emptyRunView } from '@cellfarm/protocol';
import type {
  AgentId,
  Compiled,
  ErrorReport,
  Frame,
  Millis,
  ProcessExit,
  RunEvent,
  RunEventBody,
  RunId,
  RunView,
  TargetName,
  TaskId,
  Ticket,
} from '@cellfarm/protocol';
import { createScheduler, expandGraph, step } from '@cellfarm/scheduler';
import type { CloseReason, Instruction, SchedulerEvent } from '@cellfarm/scheduler';
import type { Duplex } from 'node:stream';
import type { RunJournal } from '../journal/run-journal.js';
import type { Log } from '../log.js';
import { AwayCells } from './away-cells.js';
import { CellBook } from './cell-book.js';
import { Closing } from './closing.js';
import type { Outcome } from './closing.js';
import { describeExit } from './describe-exit.js';
import type { Desk, RunSettings, Told } from './desk.js';
import { FrameRouter } from './frame-router.js';
import { HomeDialogue } from './home-dialogue.js';
import type { LeaseHolder } from './lease-book.js';
import { Maps } from './maps.js';
import { PassedObjects } from './passed-objects.js';
import { writeRecord } from './record.js';
import type { RunPlan } from './run-plan.js';
import type { RunSurroundings } from './run-surroundings.js';
import { Slots } from './slots.js';
import type { Slot } from './slots.js';
import type { Capacities } from './target-capacity.js';
import { TaskOrders } from './task-orders.js';
import { TaskNumbers } from './task-numbers.js';
import { BadFrame } from './read-meta.js';

/** Longest wait for a first agent of a target, ms. */
const NO_AGENT_MS = 60_000;

/** Most tasks in flight in one slot: where tasks take no time, enough to outlast a slow commit. */
const CREDIT_TASKS = 1_024;

const CLOSED_BECAUSE: Readonly<Record<CloseReason, string>> = {
  'map-closed': 'its map was closed',
  'number-needed': 'its place was needed',
  withdrawn: 'its work was withdrawn',
  'attempt-unwanted': 'its attempt was ended by hand',
  'home-lost': 'home was lost',
  'task-timeout': 'its task took longer than it may',
  'run-over': 'the run is over',
  cancelled: 'the run was cancelled',
};

/** What an earlier service left of this run; null for a new one. */
export interface Resumption {
  readonly reason: string;
  readonly view: RunView;
  /** Highest epoch used before. */
  readonly epoch: number;
}

export class RunCoordinator implements Desk, LeaseHolder {
  readonly view: RunView;
  readonly book: CellBook;
  /** Resolves when `run.finished` is on disk. */
  readonly finished: Promise<void>;
  private readonly scheduler = createScheduler();
  private readonly told: SchedulerEvent[] = [];
  private stepping = false;
  private readonly slots: Slots;
  private readonly home: HomeDialogue;
  private readonly away: AwayCells;
  private readonly maps: Maps;
  private readonly closing: Closing;
  /** What may be ordered about single tasks. */
  readonly orders: TaskOrders;
  private readonly router: FrameRouter;
  /** Cells later than the one that ended the run, which were played already: they count as not played. */
  private readonly beyond = new Set<number>();
  /** Targets that nobody serves, as was said already. */
  private readonly unserved = new Set<string>();
  private wake: NodeJS.Timeout | null = null;
  private deadline: NodeJS.Timeout | null = null;
  /** Why a cancelled run was cancelled, where it was not the user who did it. */
  private failure: ErrorReport | null = null;
  private isFinished = false;
  private readonly settle: () => void;

  constructor(
    readonly plan: RunPlan,
    private readonly around: RunSurroundings,
    private readonly resumption: Resumption | null,
  ) {
    this.view = resumption?.view ?? emptyRunView();
    this.book = new CellBook(plan.snapshot, plan.compiled);
    let settle = (): void => undefined;
    this.finished = new Promise((resolve) => (settle = resolve));
    this.settle = () => settle();
    this.slots = new Slots(this, around.leases.office(plan, this), around.outbox, {
      frames: (slot, frames) => this.receive(slot, frames),
      lost: (slot) => this.slotLost(slot),
      ended: () => this.closing.homeGone(),
      protect: (act) => this.protect(act),
    });
    const numbers = new TaskNumbers();
    const objects = new PassedObjects(this.run, this.journal, around.objects, this.log);
    this.away = new AwayCells(this, this.slots, objects, numbers, around.usable);
    this.home = new HomeDialogue(this, this.slots, this.away);
    this.maps = new Maps(this, this.slots, objects, numbers, around.usable);
    this.closing = new Closing(this, this.slots, (outcome) => this.complete(outcome));
    const { slots, home, away, maps, closing } = this;
    this.orders = new TaskOrders({
      desk: this,
      home,
      away,
      maps,
      cancelRun: (reason) => this.cancel(reason),
    });
    this.router = new FrameRouter({ desk: this, slots, home, away, maps, objects, closing });
  }

  get run(): RunId {
    return this.plan.run;
  }
  get settings(): RunSettings {
    return this.plan.settings;
  }
  get compiled(): Compiled {
    return this.plan.compiled;
  }
  get journal(): RunJournal {
    return this.around.journal;
  }
  get log(): Log {
    return this.around.log;
  }
  now(): Millis {
    return this.around.now();
  }

  /** Targets that this run may use. */
  get targets(): TargetName[] {
    const asked = this.compiled.graph.tasks.map((task) => task.target).filter((target) => target !== 'auto');
    return [...new Set([this.plan.target, ...asked])];
  }

  /** Opens the run for the scheduler. `targets`: what each of the run's targets has; one that is left out is not served yet. */
  start(targets: Capacities): void {
    const done = this.resumption ? this.away.committedTasks() : [];
    if (this.resumption) this.emitResumption(this.resumption);
    else this.emitStart();
    for (const task of done) this.away.reuse(task);
    if (this.settings.timeoutMs !== null) {
      const timeout = this.settings.timeoutMs;
      const error = new CellfarmError('C4009', { timeout: `${timeout / 1000} s` }).report;
      this.deadline = setTimeout(() => this.fail(error), timeout);
    }
    this.tell({
      type: 'run-opened',
      tasks: expandGraph(this.compiled),
      workers: this.settings.workers,
      target: this.plan.target,
      limits: { targets, credit: CREDIT_TASKS },
      epoch: this.resumption?.epoch ?? 0,
      done,
      durations: {},
    });
    for (const task of this.view.cancelled) this.away.keepHome(task as TaskId);
  }

  private emitResumption({ reason, view }: Resumption): void {
    this.emit({ type: 'run.resumed', reason });
    for (const { task, occurrence } of view.maps.filter((map) => map.wallMs === null)) {
      const closed = { task: task as TaskId, occurrence, homeFrom: null, reason: 'the service was lost' };
      this.emit({ type: 'map.closed', ...closed });
    }
  }

  private emitStart(): void {
    const { snapshot, interpreter, target, settings } = this.plan;
    const { workers, fork } = settings;
    const { path, digest } = snapshot;
    const cells = this.book.cells.length;
    this.emit({
      type: 'run.started',
      notebook: path,
      digest,
      python: interpreter.path,
      workers,
      fork,
      target,
      cells,
    });
    for (const { severity, code, message, cell, line } of this.compiled.graph.diagnostics) {
      if (severity !== 'warning') continue;
      const text = line === null ? message : `line ${line}: ${message}`;
      this.emit({ type: 'run.note', level: severity, code: CATALOGUE[code].name, text, cell });
    }
  }

  emit(body: RunEventBody): void {
    if (this.isFinished) return;
    const time = this.now();
    const seq = this.journal.append(this.run, body, time);
    const event: RunEvent = { seq, time, run: this.run, ...body };
    applyEvent(this.view, event);
    this.around.feed.add(event);
  }

  later(act: () => void): void {
    setImmediate(() => {
      if (!this.isFinished) this.protect(act);
    });
  }

  tell(event: Told): void {
    this.told.push({ ...event, now: this.now() });
    if (this.stepping) return;
    this.stepping = true;
    try {
      for (let next = this.told.shift(); next; next = this.told.shift()) {
        for (const instruction of step(this.scheduler, next)) this.perform(instruction);
      }
    } finally {
      this.stepping = false;
    }
  }

  private perform(instruction: Instruction): void {
    switch (instruction.type) {
      case 'open-slot':
        this.slots.open(instruction);
        return;
      case 'close-slot':
        this.closeSlot(instruction);
        return;
      case 'start-task':
        this.startTask(instruction);
        return;
      case 'give-up-task':
        if (!this.maps.giveUp(instruction.task, instruction.reason)) {
          this.away.giveUp(instruction.task, instruction.reason);
        }
        return;
      case 'replay-home':
        return;
      case 'fail-run':
        this.setBeyond(instruction.beyond);
        this.closing.begin({ state: instruction.state, error: instruction.error });
        return;
      case 'finish-run':
        this.setBeyond(instruction.beyond);
        this.closing.begin(this.outcomeOf(instruction.state));
        return;
      case 'wake-at':
        if (this.wake) clearTimeout(this.wake);
        this.wake = setTimeout(
          () => this.protect(() => this.tell({ type: 'tick' })),
          instruction.at - this.now() + 1,
        );
        return;
      default:
        assertNever(instruction);
    }
  }

  /** What a slot that is closed was doing goes back to the scheduler or to home, as if it had been lost. */
  private closeSlot({ slot: id, epoch, reason }: Extract<Instruction, { type: 'close-slot' }>): void {
    const slot = this.slots.up(id, epoch);
    if (slot && reason !== 'run-over' && reason !== 'cancelled') {
      slot.fault = CLOSED_BECAUSE[reason];
      if (reason === 'task-timeout') this.emitLost(slot);
      this.slotLost(slot);
    }
    this.slots.close(id, epoch);
  }

  private emitLost({ id, part, epoch, fault }: Slot): void {
    this.emit({ type: 'process.lost', worker: id, part, epoch, reason: fault });
  }

  private startTask({ task, slot: id, epoch, attempt }: Extract<Instruction, { type: 'start-task' }>): void {
    const slot = this.slots.up(id, epoch);
    if (!slot) throw new Error(`${task} was started in a slot that is not up`);
    if (this.maps.start(task, slot, attempt)) return;
    const booked = this.book.awayCell(task);
    if (booked) this.away.start(task, booked, slot, attempt);
    else this.home.start(task, slot, attempt);
  }

  private outcomeOf(state: 'done' | 'cancelled'): Outcome {
    if (state === 'done') return { state, error: null };
    if (this.failure) return { state: 'failed', error: this.failure };
    return { state, error: new CellfarmError('C4005', { run: this.run }).report };
  }

  private setBeyond(tasks: readonly TaskId[]): void {
    for (const task of tasks) {
      const cell = (this.book.atHome(task)?.booked ?? this.book.awayCell(task))?.cell.index;
      if (cell === undefined || this.beyond.has(cell)) continue;
      this.beyond.add(cell);
      this.emit({ type: 'cell.replayed', cell });
    }
  }

  private receive(slot: Slot, frames: readonly Frame[]): void {
    try {
      this.router.route(slot, frames);
    } catch (cause) {
      if (cause instanceof BadFrame) this.protect(() => this.slots.drop(slot, cause.message));
      else this.failInternally(cause);
    }
  }

  private slotLost(slot: Slot): void {
    const reason = describeExit(slot.exit, slot.fault);
    if (slot.part !== 'home') {
      this.maps.slotLost(slot, reason);
      this.away.lost(slot, reason);
      return;
    }
    this.home.lost(reason);
    this.maps.homeLost();
    this.closing.homeGone();
  }

  /** The queue went away or came back. */
  tellQueue(level: 'info' | 'warning', text: string): void {
    this.emit({
      type: 'run.note',
      level,
      code: level === 'info' ? 'queue-back' : 'queue-away',
      text,
      cell: null,
    });
  }

  noAgent(ticket: Ticket, waitedMs: number): void {
    const error = new CellfarmError('C5009', { target: ticket.target });
    if (waitedMs > NO_AGENT_MS) {
      this.fail(error.report);
    } else if (!this.unserved.has(ticket.target)) {
      this.unserved.add(ticket.target);
      this.emit({
        type: 'run.note',
        level: 'warning',
        code: CATALOGUE.C5009.name,
        text: error.message,
        cell: null,
      });
    }
  }

  attach(ticket: Ticket, agent: AgentId, socket: Duplex, head: Uint8Array, accept: () => void): void {
    this.slots.attach(ticket, agent, socket, head, accept);
  }

  exited(ticket: Ticket, exit: ProcessExit): void {
    this.slots.exited(ticket, exit);
  }

  /** Some targets have more or less than before. */
  capacities(targets: Capacities): void {
    for (const [target, capacity] of Object.entries(targets)) {
      if (this.closing.begun) return;
      this.protect(() => this.tell({ type: 'capacity-changed', target: target as TargetName, capacity }));
    }
  }

  cancel(reason: string): void {
    if (this.isFinished) return;
    this.emit({ type: 'run.cancelling', reason });
    if (this.closing.begun) this.closing.hurry();
    else this.protect(() => this.tell({ type: 'cancel-requested', reason }));
  }

  private fail(error: ErrorReport): void {
    this.failure = error;
    this.cancel(error.message);
  }

  private protect(act: () => void): void {
    try {
      act();
    } catch (cause) {
      this.failInternally(cause);
    }
  }

  /** Something is wrong in cellfarm itself: the run ends and says so, the service goes on. */
  private failInternally(cause: unknown): void {
    this.log.error({ err: cause, run: this.run }, 'a run broke');
    const detail = cause instanceof Error ? (cause.message.split('\n')[0] ?? cause.name) : String(cause);
    const error = new CellfarmError('C5008', { detail, log: this.around.logPath }).report;
    this.closing.begin({ state: 'failed', error });
    this.closing.hurry();
  }

  private complete(outcome: Outcome): void {
    for (const timer of [this.wake, this.deadline]) if (timer) clearTimeout(timer);
    const finishedAt = this.now();
    writeRecord(this.around.folder, {
      plan: this.plan,
      view: this.view,
      outcome,
      finishedAt,
      beyond: this.beyond,
    })
      .catch((cause: unknown) =>
        this.log.error({ err: cause, run: this.run }, 'the record cannot be written'),
      )
      .finally(() => {
        this.emit({ type: 'run.finished', ...outcome });
        this.isFinished = true;
        this.journal.afterCommit(this.settle);
      });
  }

  /** Lets go of the run without ending it: the service stops, another one goes on. */
  abandon(): void {
    for (const timer of [this.wake, this.deadline]) if (timer) clearTimeout(timer);
    this.isFinished = true;
    this.slots.dropAll();
  }
}
