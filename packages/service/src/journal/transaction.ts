// Runs a function in one write transaction: all of it or nothing, whatever is thrown. Another service's commit takes a
// fraction of a millisecond, so the lock is asked for again after about as long; SQLite's own waiting would sleep for
// many milliseconds, and the whole service with it.
import type { DatabaseSync } from 'node:sqlite';

/** Longest wait for other services on the same file, ms. */
export const BUSY_MS = 5_000;
const ASK_AGAIN_MS = 0.2;
const SQLITE_BUSY = 5;

const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));

/** Takes the write lock first, so that a transaction never fails halfway for another service's sake. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  begin(db);
  try {
    const answer = work();
    db.exec('COMMIT');
    return answer;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function begin(db: DatabaseSync): void {
  db.exec('PRAGMA busy_timeout = 0');
  try {
    patiently(() => db.exec('BEGIN IMMEDIATE'));
  } finally {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  }
}

/** Does what another service's lock may refuse, again and again until there is no time left. */
export function patiently(act: () => void): void {
  const until = performance.now() + BUSY_MS;
  for (;;) {
    try {
      act();
      return;
    } catch (error) {
      if ((sqliteCode(error) & 0xff) !== SQLITE_BUSY || performance.now() > until) throw error;
    }
    Atomics.wait(nobodyWakes, 0, 0, ASK_AGAIN_MS);
  }
}

/** SQLite's extended result code of an error; 0 when it is none of SQLite's. */
export function sqliteCode(error: unknown): number {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : 0;
  return typeof code === 'number' ? code : 0;
}
