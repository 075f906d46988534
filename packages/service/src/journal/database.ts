// Opens the journal's file: mode 0600, write-ahead log, patience with other services on the same file. A commit is on disk when the
// log is synced (`synced-log.ts`), which needs no waiting of SQLite: its own check sums leave out what a power cut tore. What is in the
// tables is `schema.ts`; which error a failure is told as is decided here too.
import { chmodSync, closeSync, mkdirSync, openSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CellfarmError } from '@cellfarm/protocol';
import { migrate } from './schema.js';
import { BUSY_MS, patiently, sqliteCode } from './transaction.js';

const PAGE_BYTES = 4_096;
/** The log is folded into the file at this length; a fold costs some milliseconds of the turn. */
const CHECKPOINT_BYTES = 16 * 2 ** 20;
/** Made at once, since a commit that makes the log longer takes twice as long as one that writes over it. */
const EXTEND_BYTES = 4 * 2 ** 20;

const SQLITE_FULL = 13;
const SQLITE_IOERR = 10;
const HARDLY_ANY_BYTES = 2 ** 20;

/**
 * @param maxBytes most that the file may grow to; null: as the disk allows
 */
export function openDatabase(path: string, maxBytes: number | null): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const db = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    // SQLite does not wait by itself where another service is just opening or closing the log.
    patiently(() => db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`));
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_BYTES / PAGE_BYTES}`);
    migrate(db, path);
    patiently(() => extendLog(db));
    if (maxBytes !== null) db.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / PAGE_BYTES)}`);
  } catch (error) {
    db.close();
    throw told(error, path);
  }
  return db;
}

/** Writes pages that are taken back: the log keeps its length, the file does not grow. */
function extendLog(db: DatabaseSync): void {
  db.exec('PRAGMA cache_size = 10; BEGIN IMMEDIATE; CREATE TABLE filler (bytes BLOB)');
  db.exec(`INSERT INTO filler VALUES (zeroblob(${EXTEND_BYTES})); ROLLBACK; PRAGMA cache_size = -16000`);
}

/** A failure of the database in the catalogue's words: C5005 where the disk is full, else C5008. */
export function told(cause: unknown, path: string): CellfarmError {
  if (cause instanceof CellfarmError) return cause;
  const code = sqliteCode(cause) & 0xff;
  const full =
    isFullDisk(cause) ||
    code === SQLITE_FULL ||
    (code === SQLITE_IOERR && freeBytes(path) < HARDLY_ANY_BYTES);
  if (full) return new CellfarmError('C5005', { path }, { cause });
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new CellfarmError('C5008', { detail: `journal: ${detail}`, log: dirname(path) }, { cause });
}

/** As the file system tells it, where SQLite was not in between. */
function isFullDisk(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
}

function freeBytes(path: string): number {
  const disk = statfsSync(dirname(path));
  return disk.bavail * disk.bsize;
}
