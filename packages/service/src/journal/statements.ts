// The prepared statements of the journal, in one place, so that the tables' columns are named in few files.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { BulkInsert } from './bulk-insert.js';
import { EVENT_COLUMNS } from './event-row.js';
import { RESULT_COLUMNS } from './result-row.js';

const RUN_COLUMNS = `id, run, notebook, digest, state, generation, started_at, finished_at,
  owner_instance, owner_host, owner_pid, owner_birth, json_extract(options, '$.startedBy') AS started_by,
  json_extract(options, '$.retryOf') AS retry_of`;
const RESULTS = `SELECT start, stop, slot, epoch, status, duration, inline, object, size, files FROM result`;

export interface JournalStatements {
  readonly insertEvents: BulkInsert;
  readonly insertResults: BulkInsert;
  readonly insertRun: StatementSync;
  readonly insertScope: StatementSync;
  /** Everything that belongs to the run of a row number, its row last. */
  readonly forget: readonly StatementSync[];
  readonly objects: StatementSync;
  readonly copyScopes: StatementSync;
  readonly copyResults: StatementSync;
  readonly setEpoch: StatementSync;
  readonly sealObject: StatementSync;
  readonly deleteResult: StatementSync;
  readonly unsealed: StatementSync;
  readonly endRun: StatementSync;
  readonly generation: StatementSync;
  readonly setOwner: StatementSync;
  readonly release: StatementSync;
  readonly findRun: StatementSync;
  readonly allRuns: StatementSync;
  readonly unfinishedRuns: StatementSync;
  readonly snapshot: StatementSync;
  readonly events: StatementSync;
  readonly lastSeq: StatementSync;
  readonly epochs: StatementSync;
  readonly countScopes: StatementSync;
  readonly findScope: StatementSync;
  readonly startsOfScope: StatementSync;
  readonly resultsOfScope: StatementSync;
}

export function prepareStatements(db: DatabaseSync): JournalStatements {
  return {
    insertEvents: new BulkInsert(db, 'event', EVENT_COLUMNS),
    insertResults: new BulkInsert(db, 'result', RESULT_COLUMNS),
    insertRun: db.prepare(
      `INSERT INTO run (run, notebook, digest, text, options, started_at, state, generation,
         owner_instance, owner_host, owner_pid, owner_birth)
       VALUES (?, ?, ?, ?, ?, ?, 'running', 1, ?, ?, ?, ?)`,
    ),
    insertScope: db.prepare(
      'INSERT INTO scope (run, id, task, occurrence, count, inputs) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    forget: [
      ...['event', 'result', 'scope', 'slot_epoch'].map((table) =>
        db.prepare(`DELETE FROM ${table} WHERE run = ?`),
      ),
      db.prepare('DELETE FROM run WHERE id = ?'),
    ],
    objects: db.prepare('SELECT DISTINCT object FROM result WHERE object IS NOT NULL'),
    copyScopes: db.prepare(
      `INSERT INTO scope (run, id, task, occurrence, count, inputs)
       SELECT ?1, id, task, occurrence, count, inputs FROM scope
       WHERE run = ?2 AND inputs LIKE 'digest %' AND task IN (SELECT value FROM json_each(?3))`,
    ),
    copyResults: db.prepare(
      `INSERT INTO result (run, scope, start, stop, slot, epoch, status, duration, inline, object, size, files)
       SELECT ?1, scope, start, stop, slot, 0, status, duration, inline, object, size, files FROM result
       WHERE run = ?2 AND files IS NOT NULL AND files <> 'null'
         AND scope IN (SELECT id FROM scope WHERE run = ?1)`,
    ),
    setEpoch: db.prepare('INSERT OR REPLACE INTO slot_epoch (run, slot, epoch) VALUES (?, ?, ?)'),
    sealObject: db.prepare('UPDATE result SET object = ? WHERE run = ? AND scope = ? AND start = ?'),
    deleteResult: db.prepare('DELETE FROM result WHERE run = ? AND scope = ? AND start = ?'),
    unsealed: db.prepare("SELECT scope, start, object FROM result WHERE run = ? AND object LIKE 't-%'"),
    endRun: db.prepare('UPDATE run SET state = ?, finished_at = ? WHERE id = ?'),
    generation: db.prepare('SELECT generation FROM run WHERE id = ?'),
    setOwner: db.prepare(
      `UPDATE run SET generation = ?, owner_instance = ?, owner_host = ?, owner_pid = ?, owner_birth = ?
       WHERE id = ?`,
    ),
    release: db.prepare(
      `UPDATE run SET owner_instance = NULL, owner_host = NULL, owner_pid = NULL, owner_birth = NULL
       WHERE id = ? AND generation = ? AND state = 'running'`,
    ),
    findRun: db.prepare(`SELECT ${RUN_COLUMNS} FROM run WHERE run = ?`),
    allRuns: db.prepare(`SELECT ${RUN_COLUMNS} FROM run ORDER BY started_at DESC, id DESC`),
    unfinishedRuns: db.prepare(`SELECT ${RUN_COLUMNS} FROM run WHERE state = 'running' ORDER BY id`),
    snapshot: db.prepare('SELECT notebook, digest, text, options FROM run WHERE run = ?'),
    events: db.prepare(
      `SELECT seq, time, type, task, attempt, worker, body, count FROM event
       WHERE run = ?1 AND seq >= (SELECT coalesce(max(seq), 0) FROM event WHERE run = ?1 AND seq <= ?2 + 1)
       ORDER BY seq LIMIT ?3`,
    ),
    lastSeq: db.prepare('SELECT seq + count - 1 AS seq FROM event WHERE run = ? ORDER BY seq DESC LIMIT 1'),
    epochs: db.prepare('SELECT slot, epoch FROM slot_epoch WHERE run = ?'),
    countScopes: db.prepare('SELECT coalesce(max(id), 0) AS count FROM scope WHERE run = ?'),
    findScope: db.prepare(
      'SELECT id FROM scope WHERE run = ? AND task = ? AND occurrence = ? AND count = ? AND inputs = ?',
    ),
    startsOfScope: db.prepare('SELECT start FROM result WHERE run = ? AND scope = ?'),
    resultsOfScope: db.prepare(`${RESULTS} WHERE run = ? AND scope = ? ORDER BY start`),
  };
}
