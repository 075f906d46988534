// A home, shards and workers that play one map by a script: what the tests about maps share.
import { FRAME, STATUS, frameMeta } from '@cellfarm/protocol';
import type { Frame, PlayMeta, RunEvent } from '@cellfarm/protocol';
import { playSimply, sendResult } from './fake-farm.js';
import type { FakeProcess, Script } from './fake-farm.js';

const MAP_CELL = { source: 'ys = [f(x) for x in range(6)]', metadata: { cellfarm: { role: 'map' } } };
export const CELLS = ['def f(x):\n    return x * x', MAP_CELL, 'print("end")'];

interface Plan {
  first: number;
  shards: [number, number][];
  reused: number[];
}

export interface MapScript extends Script {
  /** What homes received for each element, in order of arrival. */
  readonly values: Map<number, { status: number; text: string }>[];
}

export type Range = [number, number];

interface MapOptions {
  readonly way?: 'fork' | 'ship';
  readonly count?: number;
  readonly inputs?: string | null;
  /** Computes a shard in a shard's or worker's process. */
  compute?(worker: FakeProcess, task: Frame, range: Range): void;
  /** Computes all shards of a frame instead. */
  computeRow?(worker: FakeProcess, task: Frame, row: Range[]): void;
  /** Called when home has a value. */
  onValue?(home: FakeProcess, index: number): void;
}

/** A home that offers its map cell and goes on when every element is decided, as the real one does. */
export function mapScript(options: MapOptions): MapScript {
  const { way = 'fork', count = 6, inputs = 'a'.repeat(64) } = options;
  const values: MapScript['values'] = [];
  const plays = new Map<
    FakeProcess,
    { meta: PlayMeta; plan: Plan | null; values: Map<number, { status: number; text: string }> }
  >();
  const ranges = new Map<number, Range>();

  const home = (process: FakeProcess, frame: Frame): void => {
    const play = plays.get(process);
    if (frame.type === FRAME.play && (frameMeta(frame) as PlayMeta).loops.length > 0) {
      const meta = frameMeta(frame) as PlayMeta;
      const got = new Map<number, { status: number; text: string }>();
      values.push(got);
      plays.set(process, { meta, plan: null, values: got });
      const task = meta.loops[0]?.task;
      process.send({
        type: FRAME.over,
        meta: { task, occurrence: 0, count, way, start: 0, inputs },
        payload: Buffer.from('body'),
      });
    } else if (frame.type === FRAME.mapPlan && play) {
      play.plan = frameMeta(frame) as Plan;
      const { first, shards, reused } = play.plan;
      shards.forEach((range, index) => {
        ranges.set(first + index, range);
        if (way === 'ship' && !reused.includes(index)) {
          process.send({
            type: FRAME.items,
            task: first + index,
            meta: { object: null },
            payload: Buffer.from(range.join()),
          });
        }
      });
    } else if (frame.type === FRAME.value && play?.plan) {
      const index = frame.task - play.plan.first;
      const { durationsMs } = frameMeta(frame) as { durationsMs: number[] };
      const values = Buffer.from(frame.payload).toString().split(' ');
      durationsMs.forEach((_, at) =>
        play.values.set(index + at, { status: frame.status, text: values[at] ?? '' }),
      );
      options.onValue?.(process, index);
      decide(process, play.meta, play.plan, play.values);
    } else playSimply(process, frame);
  };

  const decide = (
    process: FakeProcess,
    meta: PlayMeta,
    plan: Plan,
    got: Map<number, { status: number }>,
  ): void => {
    const task = meta.loops[0]?.task;
    const bad = plan.shards.findIndex(
      (_range, index) => got.has(index) && got.get(index)?.status !== STATUS.ok,
    );
    const needed = bad < 0 ? plan.shards.length : bad;
    if ([...plan.shards.keys()].slice(0, needed).some((index) => !got.has(index))) return;
    const homeFrom = bad < 0 ? null : (plan.shards[bad]?.[0] ?? 0);
    plays.delete(process);
    process.send({
      type: FRAME.mapClosed,
      meta: { task, occurrence: 0, homeFrom, reason: bad < 0 ? '' : 'raised' },
    });
    process.send({
      type: FRAME.played,
      meta: { task: meta.task, cell: meta.cell, error: null, exit: false },
    });
  };

  const computeEach = (process: FakeProcess, frame: Frame, row: Range[]): void =>
    row.forEach((range, index) => {
      if (!process.isDead) options.compute?.(process, { ...frame, task: frame.task + index }, range);
    });

  return {
    values,
    frame: (process, frame) => {
      if (process.ticket.part === 'home') home(process, frame);
      else if (frame.type === FRAME.task) {
        const asked = (frameMeta(frame) as { ranges: Range[] | null }).ranges;
        const row = asked ?? [ranges.get(frame.task) ?? [0, 0]];
        if (options.computeRow) options.computeRow(process, frame, row);
        else computeEach(process, frame, row);
      }
    },
  };
}

export const square = (worker: FakeProcess, task: Frame, [start]: Range): void =>
  sendResult(worker, task, Buffer.from(String(start * start)));

export function ofType<T extends RunEvent['type']>(
  events: readonly RunEvent[],
  type: T,
): Extract<RunEvent, { type: T }>[] {
  return events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
}

export function shardsIn<T extends { task: string }>(events: readonly T[]): T[] {
  return events.filter((event) => event.task.includes('/'));
}

export const SQUARES = ['0', '1', '4', '9', '16', '25'];
export const texts = (values: ReadonlyMap<number, { text: string }> | undefined): string[] =>
  [...(values ?? [])].sort(([a], [b]) => a - b).map(([, { text }]) => text);
