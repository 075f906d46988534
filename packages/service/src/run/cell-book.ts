// What a run knows of its cells before it starts: which task does what with which cell, execution counts as in Restart & Run All, and
// what home is told to play. Pure; made once from the compiler's result.
import { bindTask, shipTask } from '@cellfarm/scheduler';
import type { CellPlan, CodeCell, Compiled, NotebookSnapshot, PlayMeta, TaskId } from '@cellfarm/protocol';

export interface BookedCell {
  readonly cell: CodeCell;
  readonly plan: CellPlan;
  readonly executionCount: number;
  /** Jupyter's tag: the cell is meant to raise, and the run goes on. */
  readonly mayRaise: boolean;
}

/** One task of lane `home`: play a cell, collect the inputs of one that leaves, or bind what it brought back. */
export interface HomeWork {
  readonly type: 'play' | 'ship' | 'bind';
  readonly booked: BookedCell;
}

export interface PlayOptions {
  readonly fork: boolean;
  readonly workers: number;
  /** Whether home tries a long loop before it hands it out. */
  readonly probe: boolean;
}

export class CellBook {
  readonly cells: readonly BookedCell[];
  private readonly homeWork = new Map<TaskId, HomeWork>();
  private readonly away = new Map<TaskId, BookedCell>();

  constructor(snapshot: NotebookSnapshot, compiled: Compiled) {
    const cells = new Map(snapshot.cells.map((cell) => [cell.index, cell]));
    const skipped = new Set(
      compiled.graph.cells.filter(({ status }) => status === 'skipped').map(({ index }) => index),
    );
    const played = compiled.plans.filter((plan) => cells.has(plan.cell) && !skipped.has(plan.cell));
    this.cells = [...played]
      .sort((a, b) => a.cell - b.cell)
      .map((plan, position) => {
        const cell = cells.get(plan.cell) as CodeCell;
        const mayRaise = cell.jupyterTags.includes('raises-exception');
        return { cell, plan, executionCount: position + 1, mayRaise };
      });
    for (const booked of this.cells) this.enter(booked);
  }

  private enter(booked: BookedCell): void {
    const { task, ship } = booked.plan;
    if (ship === null) {
      this.homeWork.set(task, { type: 'play', booked });
      return;
    }
    this.away.set(task, booked);
    this.homeWork.set(shipTask(task), { type: 'ship', booked });
    this.homeWork.set(bindTask(task), { type: 'bind', booked });
  }

  /** What a task of lane `home` does; undefined for every other task. */
  atHome(task: TaskId): HomeWork | undefined {
    return this.homeWork.get(task);
  }

  /** The cell of a task that runs away from home; undefined for every other task. */
  awayCell(task: TaskId): BookedCell | undefined {
    return this.away.get(task);
  }

  awayCells(): IterableIterator<[TaskId, BookedCell]> {
    return this.away.entries();
  }

  playMeta(booked: BookedCell, options: PlayOptions): PlayMeta {
    const { cell, plan, executionCount } = booked;
    return {
      task: plan.task,
      cell: cell.index,
      cellId: cell.id,
      code: cell.source,
      executionCount,
      // The compiler hands over only loops whose body is proved or claimed to be pure; the guards of a worker check the claim.
      loops: plan.loops.map((site) => ({ ...site, shippable: true })),
      fork: options.fork,
      workers: options.workers,
      probe: options.probe,
    };
  }
}
