// Random runs: any order of answers, losses, refusals, withdrawals, time-outs and late messages. The invariants are checked
// after every event, and what the instructions promise is checked from the outside, by a model that only hears them.
import type { SlotId, TaskId } from '@cellfarm/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instruction, ScheduledTask } from '@cellfarm/scheduler';
import { awayTask, BOOM, homeTask, Scenario, shards } from './scenario.js';

const LIMITS = { targets: { local: { cpus: 3, memoryBytes: 4 * 2 ** 30, gpus: 1 } } };
const RESOURCES = [{}, { memory: '3GiB' }, { gpus: 1 }, { cpus: 2 }, { gpus: 2 }];

/** What somebody who performs the instructions knows. */
class Outside {
  readonly slots = new Map<SlotId, { epoch: number; state: 'opening' | 'open'; tasks: TaskId[] }>();
  readonly specs = new Map<TaskId, ScheduledTask>();
  /** Tasks that count as done for those that need them. */
  readonly satisfied = new Set<TaskId>();
  /** Answers that may still come from slots that are gone. */
  readonly late: { task: TaskId; slot: SlotId; epoch: number }[] = [];
  ended: Instruction | null = null;
  wakeAt = Infinity;

  hear(said: Instruction): void {
    expect(this.ended, `${said.type} after the end`).toBeNull();
    switch (said.type) {
      case 'open-slot':
        expect(this.slots.has(said.slot), `${said.slot} opened twice`).toBe(false);
        this.slots.set(said.slot, { epoch: said.epoch, state: 'opening', tasks: [] });
        break;
      case 'close-slot':
        expect(this.slots.get(said.slot)?.epoch).toBe(said.epoch);
        this.drop(said.slot);
        break;
      case 'start-task': {
        const slot = this.slots.get(said.slot);
        expect(slot).toMatchObject({ epoch: said.epoch, state: 'open' });
        for (const other of this.slots.values())
          expect(other.tasks.includes(said.task), `${said.task} runs twice`).toBe(false);
        for (const need of this.specs.get(said.task)?.needs ?? [])
          expect(this.satisfied.has(need), `${said.task} before ${need}`).toBe(true);
        expect(this.satisfied.has(said.task), `${said.task} is over already`).toBe(false);
        slot?.tasks.push(said.task);
        break;
      }
      case 'give-up-task':
        this.satisfied.add(said.task);
        break;
      case 'replay-home':
        for (const task of said.replayed) this.satisfied.delete(task);
        for (const task of said.withdrawn) this.satisfied.add(task);
        break;
      case 'wake-at':
        expect(said.at).toBeLessThan(this.wakeAt);
        this.wakeAt = said.at;
        break;
      case 'finish-run':
      case 'fail-run':
        this.ended = said;
        break;
    }
  }

  drop(id: SlotId): void {
    const slot = this.slots.get(id);
    for (const task of slot?.tasks ?? []) this.late.push({ task, slot: id, epoch: slot?.epoch ?? 0 });
    this.slots.delete(id);
  }
}

/** A notebook of cells at home and away, some of which need each other. */
const notebook = fc
  .array(
    fc.record({
      away: fc.boolean(),
      needs: fc.nat(3),
      resources: fc.constantFrom(...RESOURCES),
      timeoutMs: fc.constantFrom(null, null, 400),
      userRetries: fc.nat(1),
    }),
    { maxLength: 8, size: 'max' },
  )
  .map((cells) =>
    cells.flatMap(({ away, needs: back, ...loose }, order) => {
      const before = order - 1 - back;
      const needs = before < 0 ? [] : [cells[before]?.away ? `c${before}.bind` : `c${before}`];
      const name = `c${order}`;
      if (!away) return [homeTask(name, order, { needs, ...loose })];
      return [
        homeTask(`${name}.ship`, order, { needs }),
        awayTask(name, order, { needs: [`${name}.ship`], ...loose }),
        homeTask(`${name}.bind`, order, { needs: [name] }),
      ];
    }),
  );

/** Picks made by the world: what happens, and to which of the candidates. */
const moves = fc.array(fc.record({ what: fc.nat(99), which: fc.nat(1000), wait: fc.nat(600) }), {
  maxLength: 200,
  size: 'max',
});

const workerCount = fc.constantFrom(0, 1, 1, 2, 2, 3, 4);
const curses = fc.constantFrom(0, 0, 30, 90);

type Move = { what: number; which: number; wait: number };

class World {
  readonly run = new Scenario();
  readonly outside = new Outside();
  private maps = 0;
  private curse = 0;
  /** Shards of open maps, which home may take back. */
  private shards: TaskId[] = [];

  /** `curse`: of a hundred answers of workers, so many are losses instead. */
  begin(tasks: ScheduledTask[], workers: number, curse: number): void {
    this.curse = curse;
    for (const task of tasks) this.outside.specs.set(task.id, task);
    this.run.open(tasks, { workers, limits: LIMITS });
    this.listen();
  }

  move({ what, which, wait }: Move): void {
    const { run, outside } = this;
    run.after(wait);
    const open = [...outside.slots].filter(([, slot]) => slot.state === 'open');
    const opening = [...outside.slots].filter(([, slot]) => slot.state === 'opening');
    const pick = <T>(from: readonly T[]): T | undefined => from[which % Math.max(1, from.length)];
    const working = pick(open.filter(([, slot]) => slot.tasks.length > 0));
    if (what < 25 || (what < 60 && working === undefined)) {
      const slot = pick(opening);
      if (slot) this.opened(slot[0]);
    } else if (what < 60 && working) {
      if (working[0] !== 'home' && which % 100 < this.curse) this.lose(working[0], which);
      else if (what % 2 === 0) this.answer(working[0], 'task-succeeded');
      else this.answerRow(working[0], 1 + (which % 4));
    } else if (what < 63 && working)
      this.answer(working[0], which % 2 === 0 ? 'task-raised' : 'task-settled');
    else if (what < 73) this.openMap(which);
    else if (what < 78) {
      const slot = pick([...outside.slots]);
      if (slot) this.lose(slot[0], which);
    } else if (what < 80) {
      const slot = pick(opening);
      if (slot) this.refuse(slot[0]);
    } else if (what < 84) this.withdraw(which);
    else if (what < 88) {
      const late = pick(outside.late);
      if (late) run.tell({ type: 'task-succeeded', ...late, durationMs: 1 });
    } else if (what === 99 && which > 900) run.tell({ type: 'cancel-requested', reason: 'asked' });
    else this.tick();
    this.listen();
  }

  /** Nothing bad happens any more: everything opens and succeeds until the run ends. */
  settleDown(): void {
    for (let patience = 0; patience < 5000 && this.outside.ended === null; patience += 1) {
      const opening = [...this.outside.slots].find(([, slot]) => slot.state === 'opening');
      const shardsFirst = [...this.outside.slots].reverse().find(([, slot]) => slot.tasks.length > 0);
      if (opening) this.opened(opening[0]);
      else if (shardsFirst) this.answer(shardsFirst[0], 'task-succeeded');
      else if (this.outside.wakeAt < Infinity) {
        this.run.now = Math.max(this.run.now, this.outside.wakeAt);
        this.tick();
      } else break;
      this.listen();
    }
  }

  private tick(): void {
    if (this.run.now >= this.outside.wakeAt) this.outside.wakeAt = Infinity;
    this.run.tick();
  }

  private listen(): void {
    for (const said of this.run.latest) this.outside.hear(said);
    this.run.latest = [];
  }

  private opened(id: SlotId): void {
    const slot = this.outside.slots.get(id);
    if (slot) slot.state = 'open';
    this.run.opened(id);
  }

  private answer(id: SlotId, type: 'task-succeeded' | 'task-raised' | 'task-settled'): void {
    const slot = this.outside.slots.get(id);
    const task = slot?.tasks.shift();
    if (slot === undefined || task === undefined) return;
    const at = { task, slot: id, epoch: slot.epoch, durationMs: 5 };
    const home = this.outside.specs.get(task)?.lane === 'home';
    if (type === 'task-raised') this.run.tell({ type, ...at, error: BOOM });
    else if (type === 'task-settled' && !home) this.run.tell({ type, ...at });
    else this.run.tell({ type: 'task-succeeded', ...at });
    if (type !== 'task-raised') this.outside.satisfied.add(task);
  }

  private answerRow(id: SlotId, count: number): void {
    const slot = this.outside.slots.get(id);
    const row = slot?.tasks.splice(0, count) ?? [];
    if (slot === undefined || row.length === 0) return;
    const tasks = row.map((task) => ({ task, durationMs: 5 }));
    this.run.tell({ type: 'tasks-succeeded', slot: id, epoch: slot.epoch, tasks });
    for (const task of row) this.outside.satisfied.add(task);
  }

  private openMap(which: number): void {
    const playing = this.outside.slots.get('home' as SlotId)?.tasks[0];
    if (playing === undefined || this.outside.ended !== null) return;
    this.maps += 1;
    const way = which % 2 === 0 ? 'fork' : 'process';
    const added = shards(`${playing}.m0.${this.maps}`, 1 + (which % 5), {
      way,
      resources: RESOURCES[which % 3] ?? {},
    });
    for (const shard of added) this.outside.specs.set(shard.id, shard);
    this.shards.push(...added.map((shard) => shard.id));
    this.run.add(...added);
  }

  private withdraw(which: number): void {
    const taken = this.shards.splice(which % (this.shards.length + 1));
    for (const task of taken) this.outside.satisfied.add(task);
    this.run.withdraw(...taken);
  }

  private lose(id: SlotId, which: number): void {
    const epoch = this.outside.slots.get(id)?.epoch ?? 0;
    this.outside.drop(id);
    const cause = which % 7 === 0 ? 'out-of-memory' : 'infrastructure';
    this.run.tell({ type: 'slot-lost', slot: id, epoch, cause });
  }

  private refuse(id: SlotId): void {
    const epoch = this.outside.slots.get(id)?.epoch ?? 0;
    this.outside.drop(id);
    this.run.tell({ type: 'slot-refused', slot: id, epoch, reason: 'no' });
  }
}

describe('any sequence of events', () => {
  it('keeps the invariants, starts nothing too early, twice or after the end', () => {
    fc.assert(
      fc.property(notebook, workerCount, moves, curses, (tasks, workers, sequence, curse) => {
        const world = new World();
        world.begin(tasks, workers, curse);
        for (const move of sequence) if (world.outside.ended === null) world.move(move);
      }),
      { numRuns: 500 },
    );
  });

  it('ends the run, each task once, when nothing bad happens any more', () => {
    fc.assert(
      fc.property(notebook, workerCount, moves, curses, (tasks, workers, sequence, curse) => {
        const world = new World();
        world.begin(tasks, workers, curse);
        for (const move of sequence) if (world.outside.ended === null) world.move(move);
        world.settleDown();
        expect(world.outside.ended?.type).toMatch(/^(finish|fail)-run$/);
        const starts = new Set<string>();
        for (const said of world.run.all) {
          if (said.type !== 'start-task') continue;
          const name = `${said.task} in ${said.slot} of ${said.epoch}, attempt ${said.attempt}`;
          expect(starts.has(name), name).toBe(false);
          starts.add(name);
        }
      }),
      { numRuns: 500 },
    );
  });
});
