// The dialogue about maps: home offers elements, gets a plan, and receives the outcome of each shard; shards go to forked processes or
// workers in between. What they bring is `map-results.ts`. When home takes over, the rest is withdrawn.
import {
  CellfarmError,
  FRAME,
  ItemsMeta,
  MapClosedMeta,
  OverMeta,
  STATUS,
  describe,
  parseDuration,
} from '@cellfarm/protocol';
import type { ErrorReport, Frame, Task, TaskId } from '@cellfarm/protocol';
import type { ScheduledTask } from '@cellfarm/scheduler';
import type { Result } from '../journal/journal-types.js';
import { JOURNAL } from './away-cells.js';
import type { Desk } from './desk.js';
import { HandOuts } from './hand-outs.js';
import { MapResults } from './map-results.js';
import { makeShards, shardNumbered, unfinished } from './open-map.js';
import type { OpenMap, Shard } from './open-map.js';
import { OpenMaps } from './open-maps.js';
import type { ShardOfMap } from './open-maps.js';
import type { PassedObjects } from './passed-objects.js';
import { planShards, whatIsThere } from './plan-shards.js';
import { isAsRead } from './as-read.js';
import type { Slot, Slots } from './slots.js';
import type { TaskNumbers } from './task-numbers.js';
import { readMeta } from './read-meta.js';

/** Shards that the scheduler hears of in one turn. */
const AT_ONCE = 1_024;
const NO_CODE = new Uint8Array(16);

export class Maps {
  private readonly open = new OpenMaps();
  private readonly results: MapResults;
  private arrived: ShardOfMap[] = [];
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
    this.handOuts = new HandOuts(slots, objects, desk.journal);
    const { tasks } = desk.compiled.graph;
    this.tasks = new Map(tasks.map((task) => [task.id, task]));
    this.results = new MapResults(desk, slots, objects, this.open, tasks, (map, element) =>
      this.withdraw(unfinished(map, element)),
    );
  }

  over(frame: Frame, home: Slot): void {
    const meta = readMeta(OverMeta, frame);
    const { task, occurrence, count, way, inputs } = meta;
    const key = { task, occurrence, count, inputs, home: home.epoch };
    const committed = this.desk.journal
      .results(this.desk.run, key)
      .filter((result) => result.status === STATUS.ok && this.isThere(key, result));
    const { workers, elementsPerShard } = this.desk.settings;
    const all = planShards({ count, from: meta.start, workers, most: elementsPerShard }, committed);
    const planned = this.isAtHome(task) ? whatIsThere(all) : all;
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

  /** Whether a committed result may be used; one that may not is taken back, so that its elements are computed again. */
  private isThere(key: OpenMap['key'], result: Result): boolean {
    const isFresh = isAsRead(result);
    if (isFresh && this.usable(result)) return true;
    const { run, journal, log } = this.desk;
    const why = isFresh ? 'the object of a committed result is lost' : 'what a result read has changed since';
    log.warn({ run, task: key.task, start: result.start }, why);
    journal.retractResult(run, key, result.start);
    return false;
  }

  /** Whether somebody brought the map home: its elements do not leave any more. */
  private isAtHome(task: TaskId): boolean {
    return this.desk.view.cancelled.has(task);
  }

  /** What is left of an open map is home's from its first element without an outcome on; what is committed stays. */
  bringHome(task: TaskId, error: ErrorReport): void {
    for (const map of this.open.all()) {
      const [first] = map.task === task ? unfinished(map, 0) : [];
      if (!first) continue;
      for (const { id, state, attempt, slot } of unfinished(map, 0)) {
        if (state !== 'running' || slot === null) continue;
        this.desk.emit({ type: 'task.failed', task: id, attempt, worker: slot, error, recovered: true });
      }
      this.leaveToHome(map, first, error.message);
      this.withdraw(unfinished(map, 0));
    }
  }

  /** Why the attempt of this shard cannot be ended; null when it can; undefined when the task is no shard of an open map. */
  notComputing(task: TaskId): string | null | undefined {
    const shard = this.open.shard(task)?.shard;
    if (!shard) return undefined;
    const slot = shard.slot === null ? undefined : this.slots.get(shard.slot);
    if (shard.state !== 'running' || !slot) return shard.state === 'over' ? 'it is over' : 'it waits';
    const [computing] = this.open.flying(slot);
    return computing === shard ? null : 'it waits behind another shard in its process';
  }

  private begin(map: OpenMap, home: Slot): void {
    const { task, way } = map;
    const { occurrence, count } = map.key;
    this.open.add(map);
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
    if (!this.open.isOpen(map)) return;
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
    const map = this.open.withShard(frame.task);
    const shard = map && shardNumbered(map, frame.task);
    if (!map || shard?.state !== 'planned') return;
    const { object } = readMeta(ItemsMeta, frame);
    shard.items = { object, payload: frame.payload };
    this.arrived.push({ map, shard });
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

  result(frame: Frame, slot: Slot): void {
    this.results.take(frame, slot);
  }

  /** Sends a shard to its slot. False when the task is none. */
  start(task: TaskId, slot: Slot, attempt: number): boolean {
    const entry = this.open.shard(task);
    if (!entry) return false;
    const { map, shard } = entry;
    shard.state = 'running';
    shard.slot = slot.id;
    shard.attempt = attempt;
    this.open.flying(slot).add(shard);
    this.desk.emit({ type: 'task.started', task, attempt, worker: slot.id, host: slot.host });
    this.handOuts.add(map, shard, slot);
    return true;
  }

  /** The scheduler gave a shard up: home computes from there on. */
  giveUp(task: TaskId, reason: string): boolean {
    const entry = this.open.shard(task);
    if (!entry) return false;
    const { map, shard } = entry;
    shard.state = 'over';
    this.leaveToHome(map, shard, reason);
    this.withdraw(unfinished(map, shard.stop));
    return true;
  }

  /** Tells home that no process will bring this shard. */
  private leaveToHome(map: OpenMap, { number }: Shard, reason: string): void {
    const home = this.slots.home();
    if (home?.epoch !== map.home) return;
    const meta = { durationsMs: [0], object: null, reason };
    this.slots.send(home, {
      type: FRAME.value,
      status: STATUS.lost,
      task: number,
      code: NO_CODE,
      meta,
    });
  }

  private withdraw(shards: readonly Shard[]): void {
    const tasks = this.open.takeBack(shards);
    if (tasks.length > 0) this.desk.tell({ type: 'tasks-withdrawn', tasks });
  }

  closed(frame: Frame): void {
    const { task, occurrence, homeFrom, reason } = readMeta(MapClosedMeta, frame);
    const map = this.open.named(`${task}.${occurrence}` as TaskId);
    const why = homeFrom !== null && this.isAtHome(task) ? describe('C4012').message : reason;
    if (map) this.close(map, homeFrom, why);
  }

  private close(map: OpenMap, homeFrom: number | null, reason: string): void {
    this.open.forget(map);
    const { task, key } = map;
    this.desk.emit({ type: 'map.closed', task, occurrence: key.occurrence, homeFrom, reason });
    this.withdraw(unfinished(map, 0));
  }

  /** The cell that home was playing is over: no map of it is open any more. */
  cellOver(): void {
    for (const map of this.open.all()) this.close(map, null, 'the cell ended');
  }

  /** Home is gone, and every map with it; the scheduler withdraws the shards by itself. */
  homeLost(): void {
    for (const map of this.open.all()) {
      this.open.forget(map);
      const { task, key } = map;
      this.desk.emit({
        type: 'map.closed',
        task,
        occurrence: key.occurrence,
        homeFrom: null,
        reason: 'home was lost',
      });
    }
    this.open.groundAll();
  }

  /** A shard's process or a worker is gone: the shard it was computing failed, those behind it never began. */
  slotLost(slot: Slot, reason: string): void {
    const head = this.open.ground(slot);
    if (!head) return;
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
}
