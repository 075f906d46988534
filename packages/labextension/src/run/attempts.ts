// Folds a run's events to the attempts of its tasks: who tried what, from when to when, and how it ended. The view that
// the protocol folds keeps only the last attempt; charts and details want them all.
import type { ErrorReport, RunEvent } from '@cellfarm/protocol';

export type AttemptEnd = 'running' | 'done' | 'reused' | 'failed' | 'lost';

export interface Attempt {
  readonly task: string;
  readonly attempt: number;
  readonly worker: string;
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Milliseconds since 1970; null while it runs. */
  to: number | null;
  end: AttemptEnd;
  error: ErrorReport | null;
  /** True when another attempt follows a failure, or home takes the work over. */
  recovered: boolean;
}

/** What is known of one process of the run. */
export interface ProcessLife {
  readonly worker: string;
  readonly part: 'home' | 'worker' | 'shard';
  readonly host: string;
  readonly agent: string;
  readonly from: number;
  to: number | null;
  lost: string | null;
}

/** Mutable: fed every event of one run, in order. */
export class Attempts {
  readonly all: Attempt[] = [];
  readonly processes: ProcessLife[] = [];
  private readonly open = new Map<string, Attempt>();
  private readonly byTask = new Map<string, Attempt[]>();

  of(task: string): readonly Attempt[] {
    return this.byTask.get(task) ?? [];
  }

  apply(event: RunEvent): void {
    switch (event.type) {
      case 'task.started':
        this.start({ ...event, from: event.time });
        return;
      case 'task.finished': {
        const end = event.cached ? 'reused' : 'done';
        if (!this.open.has(event.task))
          this.start({ ...event, host: '', from: event.time - event.durationMs });
        this.finish(event.task, event.time, end);
        return;
      }
      case 'task.failed':
        this.finish(event.task, event.time, 'failed', event.error, event.recovered);
        return;
      case 'process.started':
        this.processes.push({
          worker: event.worker,
          part: event.part,
          host: event.host,
          agent: event.agent,
          from: event.time,
          to: null,
          lost: null,
        });
        return;
      case 'process.lost':
        this.lose(event.worker, event.time, event.reason);
        return;
      case 'run.finished':
        this.endAll(event.time);
        return;
      default:
    }
  }

  private start(event: { task: string; attempt: number; worker: string; host: string; from: number }): void {
    const { task, attempt, worker, host, from } = event;
    this.finish(task, from, 'lost');
    const begun: Attempt = {
      task,
      attempt,
      worker,
      host,
      from,
      to: null,
      end: 'running',
      error: null,
      recovered: false,
    };
    this.all.push(begun);
    this.open.set(task, begun);
    this.byTask.set(task, [...this.of(task), begun]);
  }

  private finish(
    task: string,
    time: number,
    end: AttemptEnd,
    error: ErrorReport | null = null,
    recovered = false,
  ): void {
    const attempt = this.open.get(task);
    if (!attempt) return;
    Object.assign(attempt, { to: time, end, error, recovered });
    this.open.delete(task);
  }

  private lose(worker: string, time: number, reason: string): void {
    const process = this.processes.findLast((life) => life.worker === worker && life.to === null);
    if (process) Object.assign(process, { to: time, lost: reason });
  }

  private endAll(time: number): void {
    for (const task of [...this.open.keys()]) this.finish(task, time, 'lost');
    for (const process of this.processes) process.to ??= time;
  }
}
