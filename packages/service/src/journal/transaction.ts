// Runs a function in one write transaction: all of it or nothing, whatever is thrown.
import type { DatabaseSync } from 'node:sqlite';

/** Takes the write lock first, so that a transaction never fails halfway for another service's sake. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const answer = work();
    db.exec('COMMIT');
    return answer;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
