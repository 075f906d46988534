// The run journal on SQLite. Puts the parts together: a writer per run that this process owns, one commit for what a
// turn collected, reads of what is on disk, and the change of owners. Several services may have the file open at the same time.
import type { DatabaseSync } from 'node:sqlite';
import {
  CellfarmError,
  type Digest,
  type Millis,
  type RunEventBody,
  type RunId,
  type SlotId,
  type TaskId,
} from '@cellfarm/protocol';
import { openDatabase, told } from './database.js';
import type { JournaledRun, NewRun, Owner, Result, ResultKey } from './journal-types.js';
import { JournalReader } from './journal-reader.js';
import { isDead, thisOwner } from './process-identity.js';
import type { RunJournal } from './run-journal.js';
import { RunWriter } from './run-writer.js';
import { prepareStatements, type JournalStatements } from './statements.js';
import { SyncedLog } from './synced-log.js';
import { inTransaction } from './transaction.js';
import { TurnCommit } from './turn-commit.js';

export interface RunJournalOptions {
  /** The file, usually `<CELLFARM_HOME>/journal.db`. Made with mode 0600 when there is none. */
  readonly path: string;
  /** Name of this service instance, unique among all of them. */
  readonly instance: string;
  /** Most that the file may grow to, bytes. @default as much as the disk allows */
  readonly maxBytes?: number;
}

class SqliteRunJournal implements RunJournal {
  private readonly owner: Owner;
  private readonly statements: JournalStatements;
  private readonly reader: JournalReader;
  private readonly turns: TurnCommit;
  private readonly walLog: SyncedLog;
  private readonly writers = new Map<RunId, RunWriter>();
  private readonly changed = new Set<RunId>();
  private readonly fencedListeners: ((run: RunId) => void)[] = [];

  constructor(
    private readonly db: DatabaseSync,
    private readonly path: string,
    instance: string,
  ) {
    this.owner = thisOwner(instance);
    this.statements = prepareStatements(db);
    this.reader = new JournalReader(this.statements);
    this.walLog = new SyncedLog(path);
    this.turns = new TurnCommit({
      commit: () => this.commit(),
      sync: (done) => this.walLog.sync(done),
      syncNow: () => this.walLog.syncNow(),
      synced: () => this.synced(),
      told: (cause) => told(cause, path),
    });
  }

  openRun(run: NewRun): void {
    const { instance, host, pid, birth } = this.owner;
    const options = JSON.stringify(run.options);
    const { notebook, digest, text, startedAt } = run;
    const id = this.atOnce(() => {
      const row = [run.run, notebook, digest, text, options, startedAt, instance, host, pid, birth];
      return Number(this.statements.insertRun.run(...row).lastInsertRowid);
    });
    const position = { id, generation: 1, lastSeq: 0, scopeCount: 0, epochs: new Map(), unsealed: new Map() };
    this.writers.set(run.run, new RunWriter(position, this.statements));
  }

  takeOver(run: RunId, from: RunId, tasks: readonly TaskId[]): void {
    const found = this.reader.find(run);
    const source = this.reader.find(from);
    if (!found || !source || !this.writers.has(run)) return;
    this.atOnce(() => {
      this.statements.copyScopes.run(found.id, source.id, JSON.stringify(tasks));
      this.statements.copyResults.run(found.id, source.id);
    });
    this.writers.set(run, new RunWriter(this.reader.position(found), this.statements));
  }

  append(run: RunId, body: RunEventBody, time: Millis): number {
    return this.writer(run).append(body, time);
  }

  grant(run: RunId, slot: SlotId, epoch: number): void {
    this.writer(run).grant(slot, epoch);
  }

  commitResult(run: RunId, key: ResultKey, result: Result): boolean {
    return this.writer(run).commitResult(key, result);
  }

  retractResult(run: RunId, key: ResultKey, start: number): void {
    this.writer(run).retractResult(key, start);
  }

  sealObject(run: RunId, temp: string, digest: Digest): void {
    this.writer(run).sealObject(temp, digest);
  }

  get turn(): number {
    return this.turns.turn;
  }

  afterCommit(fn: () => void): void {
    this.turns.afterCommit(fn);
  }

  flush(): void {
    this.turns.flush();
  }

  events: RunJournal['events'] = (run, after, limit) => {
    const events = this.reader.events(run, after, limit);
    const synced = this.writers.get(run)?.syncedSeq;
    return synced === undefined ? events : events.filter((event) => event.seq <= synced);
  };
  lastSeq: RunJournal['lastSeq'] = (run) => this.writers.get(run)?.syncedSeq ?? this.reader.lastSeq(run);
  runs: RunJournal['runs'] = () => this.reader.runs();
  snapshot: RunJournal['snapshot'] = (run) => this.reader.snapshot(run);
  results: RunJournal['results'] = (run, key) => this.reader.results(run, key);
  epochs: RunJournal['epochs'] = (run) => this.reader.epochs(run);
  onTrouble: RunJournal['onTrouble'] = (listener) => this.turns.onTrouble(listener);

  find(run: RunId): JournaledRun | null {
    return this.reader.find(run)?.run ?? null;
  }

  interrupted(): JournaledRun[] {
    return this.reader.unfinished().filter((run) => this.isInterrupted(run));
  }

  claim(run: RunId): boolean {
    const claimed = this.atOnce(() => {
      const found = this.reader.find(run);
      if (!found || !this.isInterrupted(found.run)) return null;
      const generation = found.generation + 1;
      const { instance, host, pid, birth } = this.owner;
      this.statements.setOwner.run(generation, instance, host, pid, birth, found.id);
      return this.reader.position({ ...found, generation });
    });
    if (!claimed) return false;
    this.writers.set(run, new RunWriter(claimed, this.statements));
    return true;
  }

  release(run: RunId): void {
    const writer = this.writers.get(run);
    if (!writer) return;
    this.flush();
    this.atOnce(() => this.statements.release.run(writer.id, writer.generation));
    this.writers.delete(run);
  }

  onFenced(listener: (run: RunId) => void): void {
    this.fencedListeners.push(listener);
  }

  forget(run: RunId): boolean {
    this.flush();
    this.reader.forget(run);
    return this.atOnce(() => {
      const found = this.reader.find(run);
      if (!found || found.run.state === 'running') return false;
      for (const statement of this.statements.forget) statement.run(found.id);
      this.writers.delete(run);
      return true;
    });
  }

  objects: RunJournal['objects'] = () => this.reader.objects();

  close(): void {
    try {
      this.flush();
      for (const run of [...this.writers.keys()]) this.release(run);
    } finally {
      this.turns.rest();
      this.walLog.close();
      this.db.close();
    }
  }

  private isInterrupted(run: JournaledRun): boolean {
    if (run.state !== 'running') return false;
    return run.owner === null || isDead(run.owner);
  }

  private writer(run: RunId): RunWriter {
    const writer = this.writers.get(run);
    if (!writer) {
      const detail = `run ${run} is not open in this journal`;
      throw new CellfarmError('C5008', { detail, log: this.path });
    }
    this.changed.add(run);
    this.turns.touch();
    return writer;
  }

  private commit(): boolean {
    if (this.changed.size === 0) return false;
    const fenced = inTransaction(this.db, () => [...this.changed].filter((run) => !this.writeOwned(run)));
    for (const run of this.changed) this.writers.get(run)?.written();
    this.changed.clear();
    for (const run of fenced) {
      this.writers.delete(run);
      for (const listener of this.fencedListeners) listener(run);
    }
    return true;
  }

  /** Of runs that are over and on disk nothing is kept in memory. */
  private synced(): void {
    for (const [run, writer] of this.writers) {
      writer.synced();
      if (writer.isOver) this.writers.delete(run);
    }
  }

  /** False when another process has claimed the run: then nothing is written about it. */
  private writeOwned(run: RunId): boolean {
    const writer = this.writers.get(run);
    if (!writer) return true;
    const generation = this.statements.generation.get(writer.id)?.['generation'];
    if (generation !== writer.generation) return false;
    writer.write();
    return true;
  }

  private atOnce<T>(work: () => T): T {
    try {
      const answer = inTransaction(this.db, work);
      this.walLog.syncNow();
      return answer;
    } catch (cause) {
      throw told(cause, this.path);
    }
  }
}

/** Opens the journal. Throws CellfarmError C5005 for a full disk, C5007 for a newer file, C5008 for a damaged one. */
export function openRunJournal(options: RunJournalOptions): RunJournal {
  const db = openDatabase(options.path, options.maxBytes ?? null);
  return new SqliteRunJournal(db, options.path, options.instance);
}
