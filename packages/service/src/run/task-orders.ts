// What somebody orders about a single task of a run that goes on: bring it home, or end its present attempt. Decides whether that can be
// done and who does it; the answer of the run stays the same either way.
import { CellfarmError } from '@cellfarm/protocol';
import { bindTask } from '@cellfarm/scheduler';
import type { TaskId } from '@cellfarm/protocol';
import type { AwayCells } from './away-cells.js';
import type { Desk } from './desk.js';
import type { HomeDialogue } from './home-dialogue.js';
import type { Maps } from './maps.js';

export interface Ordered {
  readonly desk: Desk;
  readonly home: HomeDialogue;
  readonly away: AwayCells;
  readonly maps: Maps;
  /** Cancels the run. */
  cancelRun(reason: string): void;
}

export class TaskOrders {
  constructor(private readonly to: Ordered) {}

  /** Brings home what is away, or is still to leave. The cell that home itself plays cannot go on elsewhere: the run ends. Throws C4011. */
  cancel(task: TaskId): void {
    const { desk, home, away, maps } = this.to;
    const known = desk.compiled.graph.tasks.find(({ id }) => id === task);
    const refuse = (detail: string): never => {
      throw new CellfarmError('C4011', { task, detail });
    };
    if (!known)
      refuse(task.includes('/') ? 'shards come home with their map' : 'this run has none of that name');
    else if (away.mayComeHome(task)) {
      this.announce(task);
      away.bringHome(task, broughtHome(known.cells[0]));
    } else if (home.doing === task || home.doing === bindTask(task))
      this.to.cancelRun(`${task} was cancelled`);
    else if (desk.view.cancelled.has(task)) return;
    else if (known.skeleton !== 'map' || known.place === 'home') refuse(this.whereItStands(task));
    else if (known.cells.some((cell) => this.isOver(cell))) refuse('it is done');
    else {
      this.announce(task);
      maps.bringHome(task, broughtHome(known.cells[0]));
    }
  }

  /** Ends the attempt that computes a shard or runs a cell away; it does not count as one that failed. Throws C4013. */
  retry(task: TaskId): void {
    const { desk, away, maps } = this.to;
    const why = maps.notComputing(task) ?? null;
    const isShard = maps.notComputing(task) !== undefined;
    if (why !== null) throw new CellfarmError('C4013', { task, detail: why });
    if (!isShard && !away.isAway(task))
      throw new CellfarmError('C4013', { task, detail: 'nobody computes it' });
    desk.tell({ type: 'attempt-unwanted', task });
  }

  private announce(task: TaskId): void {
    this.to.desk.emit({ type: 'task.cancelling', task, reason: 'it was asked to' });
  }

  private whereItStands(task: TaskId): string {
    return this.to.desk.view.tasks.has(task) ? 'it is done' : 'it is home that will do it';
  }

  private isOver(cell: number): boolean {
    const state = this.to.desk.view.cells.get(cell)?.state;
    return state === 'ok' || state === 'error';
  }
}

function broughtHome(cell: number | undefined): CellfarmError['report'] {
  return new CellfarmError('C4012', {}, cell === undefined ? {} : { cell }).report;
}
