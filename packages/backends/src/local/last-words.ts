// Reads what a process writes to its original stdout and stderr, so that it never waits for a reader, and keeps the end of it.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { TailBuffer } from './tail-buffer.js';

const KEPT_BYTES = 16 * 1024;
/** How long the pipes are read on after the process ended: something it left behind may hold them open for ever. */
const PATIENCE_MS = 250;

export class LastWords {
  /** Settles once the process has ended and said all it had to say. */
  readonly text: Promise<string>;
  private readonly tail = new TailBuffer(KEPT_BYTES);

  constructor(child: ChildProcess, exit: Promise<unknown>) {
    const closed = once(child, 'close');
    for (const pipe of [child.stdout, child.stderr]) {
      pipe?.on('data', (chunk: Buffer) => this.tail.push(chunk));
    }
    this.text = exit.then(async () => {
      await Promise.race([closed, sleep(PATIENCE_MS)]);
      child.stdout?.destroy();
      child.stderr?.destroy();
      return this.tail.text();
    });
  }

  /** Adds a line of our own. */
  add(line: string): void {
    this.tail.push(Buffer.from(line));
  }
}
