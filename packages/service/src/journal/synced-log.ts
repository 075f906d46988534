// The journal's write-ahead log as a file to be synced, beside SQLite: the loop goes on while the disk works. The file is there, and stays
// the same one, while a connection to the database is open.
import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';

export class SyncedLog {
  private readonly fd: number;
  private busy = 0;
  private closed = false;

  /** @param path of the database, which is open and has been written */
  constructor(path: string) {
    this.fd = openSync(`${path}-wal`, 'r+');
  }

  /** Answers when all that was committed before is on disk, with the failure or null. */
  sync(done: (failure: Error | null) => void): void {
    this.busy += 1;
    fdatasync(this.fd, (failure) => {
      this.busy -= 1;
      this.release();
      done(failure);
    });
  }

  /** The same at once; throws. */
  syncNow(): void {
    fdatasyncSync(this.fd);
  }

  close(): void {
    this.closed = true;
    this.release();
  }

  private release(): void {
    if (this.closed && this.busy === 0) closeSync(this.fd);
  }
}
