// The tables of the journal and how an older file becomes a current one. A change of the tables is a further entry at
// the end of `MIGRATIONS`, never an edit of an earlier one. Reading and writing rows is done elsewhere.
import type { DatabaseSync } from 'node:sqlite';
import { CellfarmError } from '@cellfarm/protocol';
import { inTransaction } from './transaction.js';

/**
 * 3. `result.files`: what a result was computed from beside its inputs, as JSON; empty: nothing, null: unknown.
 * 2. `event.count`: one row may hold the events of that many tasks in a row.
 * 1. `run`: `generation` counts its owners, so that a former one can no longer write. `event`: what happens most is
 * kept in columns (`task` is then not null), the rest as JSON in `body`. `scope` names a reaching of a loop once, so
 * that its many results stay small.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE run (
     id INTEGER PRIMARY KEY,
     run TEXT NOT NULL UNIQUE,
     notebook TEXT NOT NULL,
     digest TEXT NOT NULL,
     text TEXT NOT NULL,
     options TEXT NOT NULL,
     state TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     finished_at INTEGER,
     generation INTEGER NOT NULL,
     owner_instance TEXT,
     owner_host TEXT,
     owner_pid INTEGER,
     owner_birth TEXT
   ) STRICT;
   CREATE INDEX run_by_state ON run (state);
   CREATE TABLE event (
     run INTEGER NOT NULL,
     seq INTEGER NOT NULL,
     time INTEGER NOT NULL,
     type TEXT NOT NULL,
     task TEXT,
     attempt INTEGER,
     worker TEXT,
     body ANY,
     PRIMARY KEY (run, seq)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE slot_epoch (
     run INTEGER NOT NULL,
     slot TEXT NOT NULL,
     epoch INTEGER NOT NULL,
     PRIMARY KEY (run, slot)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE scope (
     run INTEGER NOT NULL,
     id INTEGER NOT NULL,
     task TEXT NOT NULL,
     occurrence INTEGER NOT NULL,
     count INTEGER NOT NULL,
     inputs TEXT NOT NULL,
     PRIMARY KEY (run, id),
     UNIQUE (run, task, occurrence, count, inputs)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE result (
     run INTEGER NOT NULL,
     scope INTEGER NOT NULL,
     start INTEGER NOT NULL,
     stop INTEGER NOT NULL,
     slot TEXT NOT NULL,
     epoch INTEGER NOT NULL,
     status INTEGER NOT NULL,
     duration REAL NOT NULL,
     inline BLOB,
     object TEXT,
     size INTEGER,
     PRIMARY KEY (run, scope, start)
   ) STRICT, WITHOUT ROWID;`,
  'ALTER TABLE event ADD COLUMN count INTEGER NOT NULL DEFAULT 1',
  'ALTER TABLE result ADD COLUMN files TEXT',
];

/** Brings the tables up to date, atomically among all services. Throws CellfarmError C5007 for a newer file. */
export function migrate(db: DatabaseSync, path: string): void {
  if (versionOf(db) === MIGRATIONS.length) return;
  inTransaction(db, () => {
    db.exec('CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT');
    const version = versionOf(db);
    if (version > MIGRATIONS.length) {
      throw new CellfarmError('C5007', { peer: path, theirs: version, ours: MIGRATIONS.length });
    }
    const note = db.prepare('INSERT INTO migration (version, at) VALUES (?, ?)');
    MIGRATIONS.slice(version).forEach((sql, index) => {
      db.exec(sql);
      note.run(version + index + 1, Date.now());
    });
  });
}

function versionOf(db: DatabaseSync): number {
  const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migration'").get();
  if (!known) return 0;
  const row = db.prepare('SELECT coalesce(max(version), 0) AS version FROM migration').get();
  return Number(row?.['version'] ?? 0);
}
