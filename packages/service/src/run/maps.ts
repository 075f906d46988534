// The dialogue about maps: home offers elements, gets a plan, and receives one outcome for each shard; shards go to forked processes or
// workers in between. A result is committed, then forwarded to home unread. When home takes over, the rest is withdrawn.
import {
  CellfarmError,
  FRAME,
  ItemsMeta,
  MapClosedMeta,
  OverMeta,
  ResultMeta,
  STATUS,
  parseDuration,
} from '@cellfarm/protocol';
import type { ErrorReport, Frame, Task, TaskId } from '@cellfarm/protocol';
import type { ScheduledTask } from '@cellfarm/scheduler';
import type { Result, ResultValue } from '../journal/journal-types.js';
import { JOURNAL } from './away-cells.js';
import type { Desk } from './desk.js';
import { HandOuts } from './hand-outs.js';
import { makeShards, shardNumbered, unfinished } from './open-map.js';
import type { OpenMap, Shard } from './open-map.js';
import type { PassedObjects } from './passed-objects.js';
import { reasonParts } from './raised-report.js';
import { planShards } from './plan-shards.js';
import type { Slot, Slots } from './slots.js';
import type { TaskNumbers } from './task-numbers.js';
import { readMeta } from './read-meta.js';

/** Shards that the scheduler hears of in one turn. */
const AT_ONCE = 1_024;
const NO_CODE = new Uint8Array(16);

export class Maps {
  private readonly open = new Map<TaskId, OpenMap>();
  private readonly shards = new Map<TaskId, { map: OpenMap; shard: Shard }>();
  /** Shards in flight by slot, the one computing first. */
  private readonly inFlight = new Map<Slot, Set<Shard>>();
  private arrived: { map: OpenMap; shard: Shard }[] = [];
  private readonly tasks: ReadonlyMap<TaskId, Task>;
  private readonly handOuts: HandOuts;

  constructor(
    private readonly desk: Desk,
    private readonly slots: Slots,
    private readonly objects: PassedObjects,
    private readonly numbers: TaskNumbers,
    /** Whether what a committed result names is still there. */
    private readonly usable: (result: Result) => boolean,
  ) {
    this.handOuts = new HandOuts(slots, objects);
    this.tasks = new Map(desk.compiled.graph.tasks.map((task) => [task.id, task]));
  }

  over(frame: Frame, home: Slot): void {
    const meta = readMeta(OverMeta, frame);
    const { task, occurrence, count, way, inputs } = meta;
    const key = { task, occurrence, count, inputs, home: home.epoch };
    const committed = this.desk.journal
      .results(this.desk.run, key)
      .filter((result) => result.status === STATUS.ok && this.usable(result));
    const { workers, elementsPerShard } = this.desk.settings;
    const planned = planShards({ count, from: meta.start, workers, most: elementsPerShard }, committed);
    const execution = `${task}.${occurrence}` as TaskId;
    const first = this.numbers.take(planned.length);
    const shards = makeShards(execution, first, planned);
    const map: OpenMap = {
      task,
      key,
      way,
      execution,
      home: home.epoch,
      first,
      shards,
      code: frame.code,
      body: frame.payload,
      informed: new WeakSet(),
    };
    this.begin(map, home);
  }

  private begin(map: OpenMap, home: Slot): void {
    const { task, way } = map;
    const { occurrence, count } = map.key;
    this.open.set(map.execution, map);
    for (const shard of map.shards) this.shards.set(shard.id, { map, shard });
    const reused = map.shards.flatMap((shard, index) => (shard.reused ? [index] : []));
    this.desk.emit({
      type: 'map.opened',
      task,
      occurrence,
      count,
      shards: map.shards.length,
      way,
      reused: reused.length,
    });
    const shards = map.shards.map(({ start, stop }): [number, number] => [start, stop]);
    this.slots.send(home, {
      type: FRAME.mapPlan,
      meta: { task, occurrence, first: map.first, shards, reused },
    });
    for (const shard of map.shards) if (shard.reused) this.reuse(shard, shard.reused, home);
    if (way === 'fork') this.scheduleInTurns(map, unfinished(map, 0));
  }

  private reuse(shard: Shard, result: Result, home: Slot): void {
    const { durationMs, value, status } = result;
    this.desk.emit({
      type: 'task.finished',
      task: shard.id,
      attempt: 1,
      worker: JOURNAL,
      durationMs,
      cached: true,
    });
    const object = value.type === 'object' ? this.objects.known(value.ref) : null;
    const payload = value.type === 'inline' ? value.bytes : undefined;
    const meta = { durationsMs: [durationMs], object, reason: '' };
    this.slots.send(home, {
      type: FRAME.value,
      status,
      task: shard.number,
      meta,
      ...(payload ? { payload } : {}),
    });
  }

  /** A few at once, so that slots open while the scheduler takes in the rest; and no turn of the loop takes long. */
  private scheduleInTurns(map: OpenMap, shards: readonly Shard[]): void {
    const wanted = shards.slice(0, AT_ONCE).filter((shard) => shard.state === 'planned');
    this.schedule(map, wanted);
    if (shards.length > AT_ONCE) this.desk.later(() => this.scheduleInTurns(map, shards.slice(AT_ONCE)));
  }

  private schedule(map: OpenMap, shards: readonly Shard[]): void {
    const task = this.tasks.get(map.task);
    if (!task || shards.length === 0) return;
    for (const shard of shards) shard.state = 'waiting';
    const timeout = task.resources.timeout;
    const scheduled = shards.map((shard): ScheduledTask => ({
      id: shard.id,
      lane: 'away',
      order: shard.start,
      target: task.target,
      resources: task.resources,
      needs: [],
      timeoutMs: timeout === undefined ? null : parseDuration(timeout),
      userRetries: 0,
      way: map.way === 'fork' ? 'fork' : 'process',
      map: map.execution,
    }));
    this.desk.tell({ type: 'tasks-added', tasks: scheduled });
  }

  /** Items of one shipped shard. They are scheduled together when the chunk they came in is read. */
  items(frame: Frame): void {
    for (const map of this.open.values()) {
      const shard = shardNumbered(map, frame.task);
      if (shard?.state !== 'planned') continue;
      const { object } = readMeta(ItemsMeta, frame);
      shard.items = { object, payload: frame.payload };
      this.arrived.push({ map, shard });
      return;
    }
  }

  /** All frames of a chunk are read. */
  chunkRead(): void {
    if (this.arrived.length === 0) return;
    const arrived = this.arrived;
    this.arrived = [];
    for (const map of new Set(arrived.map((entry) => entry.map))) {
      this.schedule(
        map,
        arrived
          .filter((entry) => entry.map === map && entry.shard.state === 'planned')
          .map((entry) => entry.shard),
      );
    }
  }

  /** Sends a shard to its slot. False when the task is none. */
  start(task: TaskId, slot: Slot, attempt: number): boolean {
    const entry = this.shards.get(task);
    if (!entry) return false;
    const { map, shard } = entry;
    shard.state = 'running';
    shard.slot = slot.id;
    shard.attempt = attempt;
    this.flying(slot).add(shard);
    this.desk.emit({ type: 'task.started', task, attempt, worker: slot.id, host: slot.host });
    this.handOuts.add(map, shard, slot);
    return true;
  }

  private flying(slot: Slot): Set<Shard> {
    const present = this.inFlight.get(slot);
    if (present) return present;
    const shards = new Set<Shard>();
    this.inFlight.set(slot, shards);
    return shards;
  }

  /** What a slot says of shards whose numbers follow one another. */
  result(frame: Frame, slot: Slot): void {
    const meta = readMeta(ResultMeta, frame);
    const map = this.mapOfResult(frame, slot);
    const shards = map ? this.running(map, frame.task, meta.durationsMs.length, slot) : null;
    if (!map || !shards) {
      const facts = { run: this.desk.run, slot: slot.id, epoch: frame.epoch, number: frame.task };
      this.desk.log.info(facts, 'a result that nobody waits for was refused');
      return;
    }
    for (const shard of shards) {
      this.flying(slot).delete(shard);
      shard.state = 'over';
      shard.items = null;
    }
    if (frame.status === STATUS.ok && this.commit(map, shards, slot, frame, meta)) {
      this.succeed(map, shards, slot, frame, meta);
    } else {
      this.fail(map, shards, slot, frame, meta);
    }
  }

  private succeed(map: OpenMap, shards: readonly Shard[], slot: Slot, frame: Frame, meta: ResultMeta): void {
    const worker = slot.id;
    shards.forEach(({ id: task, attempt }, index) => {
      const durationMs = meta.durationsMs[index] ?? 0;
      this.desk.emit({ type: 'task.finished', task, attempt, worker, durationMs, cached: false });
    });
    this.forward(map, frame, meta);
    const tasks = shards.map(({ id: task }, index) => ({ task, durationMs: meta.durationsMs[index] ?? 0 }));
    this.desk.tell({ type: 'tasks-succeeded', slot: slot.id, epoch: slot.epoch, tasks });
  }

  private fail(map: OpenMap, shards: readonly Shard[], slot: Slot, frame: Frame, meta: ResultMeta): void {
    const error = failureReport(frame.status, meta.reason, this.cellOf(map));
    for (const { id: task, attempt } of shards) {
      this.desk.emit({ type: 'task.failed', task, attempt, worker: slot.id, error, recovered: true });
    }
    this.forward(map, frame, meta);
    const { id, epoch } = slot;
    shards.forEach(({ id: task }, index) =>
      this.desk.tell({
        type: 'task-settled',
        task,
        slot: id,
        epoch,
        durationMs: meta.durationsMs[index] ?? 0,
      }),
    );
    this.withdraw(unfinished(map, (shards[0] as Shard).stop));
  }

  /** The open map that a result is about, when it comes from the slot's present epoch. */
  private mapOfResult(frame: Frame, slot: Slot): OpenMap | null {
    if (frame.epoch !== slot.epoch) return null;
    for (const map of this.open.values()) if (shardNumbered(map, frame.task)) return map;
    return null;
  }

  /** `count` shards from number `first` on, when the slot was given each of them and has not answered. */
  private running(map: OpenMap, first: number, count: number, slot: Slot): Shard[] | null {
    const flying = this.flying(slot);
    const shards = map.shards.slice(first - map.first, first - map.first + count);
    const all = shards.length === count && shards.every((shard) => flying.has(shard));
    return all ? shards : null;
  }

  private commit(
    map: OpenMap,
    shards: readonly Shard[],
    slot: Slot,
    frame: Frame,
    meta: ResultMeta,
  ): boolean {
    const value: ResultValue = meta.object
      ? { type: 'object', ref: this.objects.known(meta.object) }
      : { type: 'inline', bytes: frame.payload };
    const { start } = shards[0] as Shard;
    const { stop } = shards.at(-1) as Shard;
    const durationMs = meta.durationsMs.reduce((sum, each) => sum + each, 0);
    const result = { start, stop, slot: slot.id, epoch: slot.epoch, status: frame.status, durationMs, value };
    return this.desk.journal.commitResult(this.desk.run, map.key, result);
  }

  /** Hands an outcome to the home that waits for it. */
  private forward(map: OpenMap, frame: Frame, meta: ResultMeta): void {
    const home = this.slots.home();
    if (home?.epoch !== map.home) return;
    const object = meta.object ? this.objects.known(meta.object) : null;
    const same = object?.id === meta.object?.id;
    this.slots.send(home, {
      type: FRAME.value,
      status: frame.status,
      task: frame.task,
      code: frame.code,
      meta: same ? frame.meta : { ...meta, object },
      payload: frame.payload,
    });
  }

  /** The scheduler gave a shard up: home computes from there on. */
  giveUp(task: TaskId, reason: string): boolean {
    const entry = this.shards.get(task);
    if (!entry) return false;
    const { map, shard } = entry;
    shard.state = 'over';
    const home = this.slots.home();
    if (home && home.epoch === map.home) {
      const meta = { durationsMs: [0], object: null, reason };
      this.slots.send(home, {
        type: FRAME.value,
        status: STATUS.lost,
        task: shard.number,
        code: NO_CODE,
        meta,
      });
    }
    this.withdraw(unfinished(map, shard.stop));
    return true;
  }

  private withdraw(shards: readonly Shard[]): void {
    const known = shards.filter((shard) => shard.state !== 'planned').map((shard) => shard.id);
    for (const shard of shards) shard.state = 'over';
    for (const flying of this.inFlight.values()) for (const shard of shards) flying.delete(shard);
    if (known.length > 0) this.desk.tell({ type: 'tasks-withdrawn', tasks: known });
  }

  closed(frame: Frame): void {
    const { task, occurrence, homeFrom, reason } = readMeta(MapClosedMeta, frame);
    const map = this.open.get(`${task}.${occurrence}` as TaskId);
    if (map) this.close(map, homeFrom, reason);
  }

  private close(map: OpenMap, homeFrom: number | null, reason: string): void {
    this.forget(map);
    const { task, key } = map;
    this.desk.emit({ type: 'map.closed', task, occurrence: key.occurrence, homeFrom, reason });
    this.withdraw(unfinished(map, 0));
  }

  private forget(map: OpenMap): void {
    this.open.delete(map.execution);
    for (const shard of map.shards) this.shards.delete(shard.id);
  }

  /** The cell that home was playing is over: no map of it is open any more. */
  cellOver(): void {
    for (const map of [...this.open.values()]) this.close(map, null, 'the cell ended');
  }

  /** Home is gone, and every map with it; the scheduler withdraws the shards by itself. */
  homeLost(): void {
    for (const map of [...this.open.values()]) {
      this.forget(map);
      const { task, key } = map;
      this.desk.emit({
        type: 'map.closed',
        task,
        occurrence: key.occurrence,
        homeFrom: null,
        reason: 'home was lost',
      });
    }
    this.inFlight.clear();
  }

  /** A shard's process or a worker is gone: the shard it was computing failed, those behind it never began. */
  slotLost(slot: Slot, reason: string): void {
    const [head] = this.flying(slot);
    this.inFlight.delete(slot);
    if (!head || head.state !== 'running') return;
    const error = new CellfarmError('C4002', { slot: slot.id, detail: reason }).report;
    this.desk.emit({
      type: 'task.failed',
      task: head.id,
      attempt: head.attempt,
      worker: slot.id,
      error,
      recovered: true,
    });
  }

  private cellOf(map: OpenMap): number | undefined {
    return this.tasks.get(map.task)?.cells[0];
  }
}

function failureReport(status: number, reason: string, cell: number | undefined): ErrorReport {
  const place = cell === undefined ? {} : { cell };
  if (status === STATUS.raised) {
    return new CellfarmError('C4001', reasonParts(reason), place).report;
  }
  return new CellfarmError(
    'C2103',
    { detail: reason, fix: 'Nothing has to be done: home computes the rest.' },
    place,
  ).report;
}
