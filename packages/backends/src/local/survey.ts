// Looks at the process table every few seconds, once for all processes of a backend that need it: a child that leaves for a session
// of its own can only be told while its parent lives. Looks at nothing while nothing runs.
import type { LocalProcess } from './local-process.js';
import { readProcessTable } from './process-table.js';

export class Survey {
  private readonly processes = new Set<LocalProcess>();
  private timer: NodeJS.Timeout | null = null;

  /** @param everyMs time between two looks, in milliseconds */
  constructor(private readonly everyMs: number) {}

  add(process: LocalProcess): void {
    if (!process.needsSurvey) return;
    this.processes.add(process);
    this.plan();
  }

  remove(process: LocalProcess): void {
    this.processes.delete(process);
  }

  private plan(): void {
    this.timer ??= setTimeout(() => void this.look(), this.everyMs).unref();
  }

  private async look(): Promise<void> {
    try {
      const table = await readProcessTable();
      for (const process of this.processes) process.survey(table);
    } finally {
      this.timer = null;
      if (this.processes.size > 0) this.plan();
    }
  }
}
