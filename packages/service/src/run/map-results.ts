// What shards bring: a result is committed, then forwarded to home unread. One result may answer for several shards in a row.
// Where one failed, home takes over from there; that is for `maps.ts` to say.
import { CellfarmError, FRAME, ResultMeta, STATUS } from '@cellfarm/protocol';
import type { ErrorReport, Frame, Task, TaskId } from '@cellfarm/protocol';
import type { ResultValue } from '../journal/journal-types.js';
import type { Desk } from './desk.js';
import type { OpenMap, Shard } from './open-map.js';
import type { OpenMaps } from './open-maps.js';
import type { PassedObjects } from './passed-objects.js';
import { reasonParts } from './raised-report.js';
import { readMeta } from './read-meta.js';
import type { Slot, Slots } from './slots.js';

/** One frame's answer for shards whose numbers follow one another. */
interface Answer {
  readonly map: OpenMap;
  readonly shards: readonly Shard[];
  readonly slot: Slot;
  readonly frame: Frame;
  readonly meta: ResultMeta;
}

export class MapResults {
  private readonly cells: ReadonlyMap<TaskId, number | undefined>;

  constructor(
    private readonly desk: Desk,
    private readonly slots: Slots,
    private readonly objects: PassedObjects,
    private readonly maps: OpenMaps,
    tasks: readonly Task[],
    /** Home takes over from an element on. */
    private readonly withdrawFrom: (map: OpenMap, element: number) => void,
  ) {
    this.cells = new Map(tasks.map((task) => [task.id, task.cells[0]]));
  }

  /** Takes what a slot says of shards that it was given; anything else is refused as a whole. */
  take(frame: Frame, slot: Slot): void {
    const meta = readMeta(ResultMeta, frame);
    const map = frame.epoch === slot.epoch ? this.maps.withShard(frame.task) : undefined;
    const shards = map && this.running(map, frame.task, meta.durationsMs.length, slot);
    if (!map || !shards) {
      const facts = { run: this.desk.run, slot: slot.id, epoch: frame.epoch, number: frame.task };
      this.desk.log.info(facts, 'a result that nobody waits for was refused');
      return;
    }
    const flying = this.maps.flying(slot);
    for (const shard of shards) {
      flying.delete(shard);
      shard.state = 'over';
      shard.items = null;
    }
    const answer: Answer = { map, shards, slot, frame, meta };
    if (frame.status === STATUS.ok && this.commit(answer)) this.succeed(answer);
    else this.fail(answer);
  }

  /** `count` shards from number `first` on, when the slot was given each of them and has not answered. */
  private running(map: OpenMap, first: number, count: number, slot: Slot): Shard[] | undefined {
    const flying = this.maps.flying(slot);
    const shards = map.shards.slice(first - map.first, first - map.first + count);
    return shards.length === count && shards.every((shard) => flying.has(shard)) ? shards : undefined;
  }

  private commit({ map, shards, slot, frame, meta }: Answer): boolean {
    const value: ResultValue = meta.object
      ? { type: 'object', ref: this.objects.known(meta.object) }
      : { type: 'inline', bytes: frame.payload };
    const { start } = shards[0] as Shard;
    const { stop } = shards.at(-1) as Shard;
    const durationMs = meta.durationsMs.reduce((sum, each) => sum + each, 0);
    const { files } = meta;
    const { id, epoch } = slot;
    const result = { start, stop, slot: id, epoch, status: frame.status, durationMs, value, files };
    return this.desk.journal.commitResult(this.desk.run, map.key, result);
  }

  private succeed(answer: Answer): void {
    const { shards, slot, meta } = answer;
    const tasks = shards.map(({ id: task }, index) => ({ task, durationMs: meta.durationsMs[index] ?? 0 }));
    shards.forEach(({ id: task, attempt }, index) => {
      const durationMs = meta.durationsMs[index] ?? 0;
      this.desk.emit({ type: 'task.finished', task, attempt, worker: slot.id, durationMs, cached: false });
    });
    this.forward(answer, true);
    this.desk.tell({ type: 'tasks-succeeded', slot: slot.id, epoch: slot.epoch, tasks });
  }

  private fail(answer: Answer): void {
    const { map, shards, slot, frame, meta } = answer;
    const error = failureReport(frame.status, meta.reason, this.cells.get(map.task));
    for (const { id: task, attempt } of shards) {
      this.desk.emit({ type: 'task.failed', task, attempt, worker: slot.id, error, recovered: true });
    }
    this.forward(answer, false);
    shards.forEach(({ id: task }, index) => {
      const durationMs = meta.durationsMs[index] ?? 0;
      this.desk.tell({ type: 'task-settled', task, slot: slot.id, epoch: slot.epoch, durationMs });
    });
    this.withdrawFrom(map, (shards[0] as Shard).stop);
  }

  /** Hands an outcome to the home that waits for it; a result that was not committed is none. */
  private forward({ map, frame, meta }: Answer, isCommitted: boolean): void {
    const home = this.slots.home();
    if (home?.epoch !== map.home) return;
    if (frame.status === STATUS.ok && !isCommitted) {
      const lost = { ...meta, object: null, reason: 'its result was refused' };
      this.slots.send(home, { type: FRAME.value, status: STATUS.lost, task: frame.task, meta: lost });
      return;
    }
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
