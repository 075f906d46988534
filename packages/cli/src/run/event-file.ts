// Writes every event of a run to a file, one JSON object a line, as it happens.
import { closeSync, openSync, writeSync } from 'node:fs';
import { CellfarmError } from '@cellfarm/protocol';
import type { RunEvent } from '@cellfarm/protocol';

export class EventFile {
  private constructor(private readonly descriptor: number) {}

  /** Opens (and empties) the file. Throws C6001 when it cannot be written. */
  static open(path: string): EventFile {
    try {
      return new EventFile(openSync(path, 'w'));
    } catch (cause) {
      const detail = `cannot write the events to ${path}: ${cause instanceof Error ? cause.message : String(cause)}`;
      throw new CellfarmError('C6001', { detail }, { cause });
    }
  }

  write(event: RunEvent): void {
    writeSync(this.descriptor, `${JSON.stringify(event)}\n`);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
