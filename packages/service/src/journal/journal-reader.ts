// Reads what is committed: runs, events, results, epochs. Never sees what is only collected, so that nothing can be
// shown before it is on disk.
import type { SQLOutputValue } from 'node:sqlite';
import {
  CellfarmError,
  RunOptions,
  type Digest,
  type RunEvent,
  type RunId,
  type RunState,
  type SlotId,
} from '@cellfarm/protocol';
import { eventsOf, type EventRow } from './event-row.js';
import type { JournaledRun, Owner, Result, ResultKey, Snapshot } from './journal-types.js';
import { inputsText, resultOf, type ResultRow } from './result-row.js';
import type { RunPosition } from './run-writer.js';
import type { JournalStatements } from './statements.js';

type Row = Record<string, SQLOutputValue>;

/** A run with what its writer needs. */
export interface FoundRun {
  readonly id: number;
  readonly generation: number;
  readonly run: JournaledRun;
}

export class JournalReader {
  /** Row numbers of runs, which never change while there is the run. */
  private readonly ids = new Map<RunId, number>();

  constructor(private readonly statements: JournalStatements) {}

  find(run: RunId): FoundRun | null {
    const row = this.statements.findRun.get(run);
    return row ? foundRun(row) : null;
  }

  runs(): JournaledRun[] {
    return this.statements.allRuns.all().map((row) => foundRun(row).run);
  }

  unfinished(): JournaledRun[] {
    return this.statements.unfinishedRuns.all().map((row) => foundRun(row).run);
  }

  snapshot(run: RunId): Snapshot {
    const row = this.statements.snapshot.get(run);
    if (!row) throw new CellfarmError('C4007', { run });
    return {
      notebook: String(row['notebook']),
      digest: String(row['digest']),
      text: String(row['text']),
      options: RunOptions.parse(JSON.parse(String(row['options']))),
    };
  }

  events(run: RunId, after: number, limit: number): RunEvent[] {
    const rows = this.statements.events.all(this.idOf(run), after, limit) as unknown as EventRow[];
    return rows
      .flatMap((row) => eventsOf(run, row))
      .filter(({ seq }) => seq > after)
      .slice(0, limit);
  }

  lastSeq(run: RunId): number {
    return Number(this.statements.lastSeq.get(this.idOf(run))?.['seq'] ?? 0);
  }

  epochs(run: RunId): Map<SlotId, number> {
    const rows = this.statements.epochs.all(this.idOf(run));
    return new Map(rows.map((row) => [String(row['slot']) as SlotId, Number(row['epoch'])]));
  }

  results(run: RunId, key: ResultKey): Result[] {
    if (key.inputs === null) return [];
    const id = this.idOf(run);
    const scope = this.statements.findScope.get(id, key.task, key.occurrence, key.count, inputsText(key));
    if (!scope) return [];
    const rows = this.statements.resultsOfScope.all(id, Number(scope['id'])) as unknown as ResultRow[];
    return rows.map(resultOf);
  }

  /** The run's row is gone, and another run may get its number. */
  forget(run: RunId): void {
    this.ids.delete(run);
  }

  objects(): Set<string> {
    return new Set(this.statements.objects.all().map((row) => String(row['object'])));
  }

  /** Where a writer of this run goes on. */
  position(found: FoundRun): RunPosition {
    const { run } = found.run;
    const scopes = this.statements.countScopes.get(found.id)?.['count'];
    return {
      id: found.id,
      generation: found.generation,
      lastSeq: this.lastSeq(run),
      scopeCount: Number(scopes ?? 0),
      epochs: this.epochs(run),
      unsealed: this.unsealed(found.id),
    };
  }

  private unsealed(id: number): RunPosition['unsealed'] {
    const rows = this.statements.unsealed.all(id);
    const place = (row: Row) => ({ scope: Number(row['scope']), start: Number(row['start']) });
    return new Map(rows.map((row) => [String(row['object']), place(row)]));
  }

  private idOf(run: RunId): number {
    const known = this.ids.get(run);
    if (known !== undefined) return known;
    const found = this.find(run);
    if (!found) throw new CellfarmError('C4007', { run });
    this.ids.set(run, found.id);
    return found.id;
  }
}

function foundRun(row: Row): FoundRun {
  return {
    id: Number(row['id']),
    generation: Number(row['generation']),
    run: {
      run: row['run'] as RunId,
      notebook: String(row['notebook']),
      digest: row['digest'] as Digest,
      state: row['state'] as RunState,
      startedAt: Number(row['started_at']),
      finishedAt: row['finished_at'] === null ? null : Number(row['finished_at']),
      startedBy: row['started_by'] === null ? null : String(row['started_by']),
      retryOf: row['retry_of'] === null ? null : (String(row['retry_of']) as RunId),
      owner: ownerOf(row),
    },
  };
}

function ownerOf(row: Row): Owner | null {
  if (row['owner_instance'] === null) return null;
  return {
    instance: String(row['owner_instance']),
    host: String(row['owner_host']),
    pid: Number(row['owner_pid']),
    birth: String(row['owner_birth']),
  };
}
