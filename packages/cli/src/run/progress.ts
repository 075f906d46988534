// Shows how a run goes on, on standard error: one moving line on a terminal, plain lines elsewhere.
import { CATALOGUE, mapOf } from '@cellfarm/protocol';
import type { Diagnostic, RunEvent, RunView } from '@cellfarm/protocol';
import { showsColour, withoutColour } from './terminal.js';

interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class Progress {
  private shown = false;
  private readonly bar: boolean;

  constructor(
    private readonly screen: Screen,
    private readonly totalCells: number,
    /** What was said of the notebook before the run: the run says it again to those who were not there. */
    private readonly told: readonly Diagnostic[] = [],
  ) {
    this.bar = screen.isTTY === true;
  }

  onEvent(event: RunEvent, view: RunView): void {
    const line = this.lineOf(event, view);
    if (line !== null) this.print(line);
    if (this.bar) this.drawBar(view);
  }

  /** Prints one line above the bar. */
  print(line: string): void {
    this.clear();
    this.screen.write(`${showsColour(this.screen, process.env) ? line : withoutColour(line)}\n`);
  }

  finish(): void {
    this.clear();
  }

  private lineOf(event: RunEvent, view: RunView): string | null {
    switch (event.type) {
      case 'run.note':
        if (this.told.some(({ code, cell }) => CATALOGUE[code].name === event.code && cell === event.cell))
          return null;
        return `${event.level}: ${event.cell === null ? '' : `cell ${event.cell}: `}${event.text}`;
      case 'process.lost':
        return `lost: ${event.worker} (${event.reason})`;
      case 'task.failed':
        return `failed: ${event.task}, attempt ${event.attempt}: ${event.error.message}${event.recovered ? ' (going on)' : ''}`;
      case 'run.resumed':
        return `resumed: ${event.reason}`;
      case 'cell.finished':
        return this.bar
          ? null
          : `cell ${event.cell} ${event.state} (${this.done(view)}/${this.totalCells}) ${seconds(event.durationMs)}`;
      case 'map.opened':
        return this.bar ? null : `map ${event.task}: ${event.count} elements in ${event.shards} shards`;
      default:
        return null;
    }
  }

  private done(view: RunView): number {
    return [...view.cells.values()].filter((cell) => cell.state !== 'running').length;
  }

  private drawBar(view: RunView): void {
    const done = this.done(view);
    const width = 24;
    const filled =
      this.totalCells === 0 ? width : Math.min(width, Math.round((done / this.totalCells) * width));
    const map = view.maps.at(-1);
    const shards =
      map && map.wallMs === null
        ? ` ${map.task} ${[...view.tasks].filter(([id, task]) => mapOf(id) === map.task && task.state === 'done').length}/${map.shards}`
        : '';
    // Some terminals say that they have 0 columns.
    const text = `[${'='.repeat(filled)}${' '.repeat(width - filled)}] ${done}/${this.totalCells} cells${shards}`;
    this.screen.write(`\r\x1b[K${text.slice(0, (this.screen.columns || 80) - 1)}`);
    this.shown = true;
  }

  private clear(): void {
    if (!this.shown) return;
    this.screen.write('\r\x1b[K');
    this.shown = false;
  }
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
