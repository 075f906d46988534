// The journal's write-ahead log as a file to be synced, beside SQLite: the loop goes on while the disk works. The file is there, and stays
// the same one, while a connection to the database is open.
import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';

export class SyncedLog {
  private readonly fd: number;
  private busy = 0;
  /** A disk that failed once is not believed again: the system tells a failure once, and then that all is well. */
  private broken: Error | null = null;
  private closed = false;

  /** @param path of the database, which is open and has been written */
  constructor(path: string) {
    this.fd = openSync(`${path}-wal`, 'r+');
  }

  /** Answers when all that was committed before is on disk, with the failure or null. */
  sync(done: (failure: Error | null) => void): void {
    const { broken } = this;
    if (broken) {
      setImmediate(() => done(broken));
      return;
    }
    this.busy += 1;
    fdatasync(this.fd, (failure) => {
      this.busy -= 1;
      this.broken ??= failure;
      this.release();
      done(failure);
    });
  }

  /** The same at once; throws. */
  syncNow(): void {
    if (this.broken) throw this.broken;
    try {
      fdatasyncSync(this.fd);
    } catch (failure) {
      this.broken = failure as Error;
      throw failure;
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.release();
  }

  private release(): void {
    if (this.closed && this.busy === 0) closeSync(this.fd);
  }
}
