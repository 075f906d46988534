// What one service knows in memory about a run it owns: the next number, the epochs, which elements have results; and
// what it has collected about the run in this turn. Decides what is refused; `write` puts the collected rows into an
// open transaction and forgets them only when told that the transaction is done.
import type { Digest, Millis, RunEventBody, RunState, SlotId } from '@cellfarm/protocol';
import { EventRows, type Cell } from './event-row.js';
import type { Result, ResultKey } from './journal-types.js';
import { inputsText, pushResultRow, scopeText } from './result-row.js';
import type { JournalStatements } from './statements.js';

interface Scope {
  readonly id: number;
  readonly starts: Set<number>;
}

/** Where a result is: row number of its scope, and its first element. */
interface Place {
  readonly scope: number;
  readonly start: number;
}

interface Collected {
  readonly retracted: Place[];
  readonly events: EventRows;
  readonly results: Cell[];
  readonly scopes: { readonly id: number; readonly key: ResultKey }[];
  readonly epochs: Map<SlotId, number>;
  readonly sealings: Map<string, Place & { readonly digest: Digest }>;
  end: { readonly state: RunState; readonly at: Millis } | null;
}

/** What is on disk about a run when its owner begins to write. */
export interface RunPosition {
  /** The run's row number. */
  readonly id: number;
  readonly generation: number;
  readonly lastSeq: number;
  readonly scopeCount: number;
  readonly epochs: Map<SlotId, number>;
  /** Temporary objects that results on disk name, and where. */
  readonly unsealed: Map<string, Place>;
}

export class RunWriter {
  readonly id: number;
  readonly generation: number;
  private seq: number;
  private writtenSeq: number;
  /** Number of the last event that is on disk. */
  syncedSeq: number;
  private ended = false;
  private scopeCount: number;
  private readonly epochs: Map<SlotId, number>;
  private readonly scopes = new Map<string, Scope>();
  /** Temporary objects that results name, and where. */
  private readonly unsealed: Map<string, Place>;
  private collected: Collected;

  constructor(
    position: RunPosition,
    private readonly statements: JournalStatements,
  ) {
    this.id = position.id;
    this.collected = nothing(this.id);
    this.generation = position.generation;
    this.seq = position.lastSeq;
    this.writtenSeq = position.lastSeq;
    this.syncedSeq = position.lastSeq;
    this.scopeCount = position.scopeCount;
    this.epochs = position.epochs;
    this.unsealed = position.unsealed;
  }

  append(body: RunEventBody, time: Millis): number {
    this.seq += 1;
    this.collected.events.push(this.seq, time, body);
    this.ended = body.type === 'run.finished';
    if (body.type === 'run.finished') this.collected.end = { state: body.state, at: time };
    return this.seq;
  }

  grant(slot: SlotId, epoch: number): void {
    this.epochs.set(slot, epoch);
    this.collected.epochs.set(slot, epoch);
  }

  commitResult(key: ResultKey, result: Result): boolean {
    if (this.epochs.get(result.slot) !== result.epoch) return false;
    const scope = this.scopeOf(key);
    if (scope.starts.has(result.start)) return false;
    scope.starts.add(result.start);
    pushResultRow(this.collected.results, this.id, scope.id, result);
    if (result.value.type === 'object') {
      this.unsealed.set(result.value.ref.id, { scope: scope.id, start: result.start });
    }
    return true;
  }

  retractResult(key: ResultKey, start: number): void {
    const scope = this.scopeOf(key);
    if (scope.starts.delete(start)) this.collected.retracted.push({ scope: scope.id, start });
  }

  sealObject(temp: string, digest: Digest): void {
    const place = this.unsealed.get(temp);
    if (!place) return;
    this.unsealed.delete(temp);
    this.collected.sealings.set(temp, { ...place, digest });
  }

  /** Writes what is collected within the transaction that is open. It stays collected until `written`. */
  write(): void {
    const { events, retracted, results, scopes, epochs, sealings, end } = this.collected;
    const { statements, id } = this;
    for (const { id: scope, key } of scopes) {
      statements.insertScope.run(id, scope, key.task, key.occurrence, key.count, inputsText(key));
    }
    statements.insertEvents.run(events.values());
    for (const { scope, start } of retracted) statements.deleteResult.run(id, scope, start);
    statements.insertResults.run(results);
    for (const [slot, epoch] of epochs) statements.setEpoch.run(id, slot, epoch);
    for (const { scope, start, digest } of sealings.values()) {
      statements.sealObject.run(digest, id, scope, start);
    }
    if (end) statements.endRun.run(end.state, end.at, id);
  }

  /** The transaction is done. */
  written(): void {
    this.collected = nothing(this.id);
    this.writtenSeq = this.seq;
  }

  /** What is written is on disk. */
  synced(): void {
    this.syncedSeq = this.writtenSeq;
  }

  /** Whether its last event is on disk: nothing more will be written. */
  get isOver(): boolean {
    return this.ended && this.syncedSeq === this.seq;
  }

  private scopeOf(key: ResultKey): Scope {
    const text = scopeText(key);
    const known = this.scopes.get(text);
    if (known) return known;
    const scope = this.scopeOnDisk(key) ?? this.newScope(key);
    this.scopes.set(text, scope);
    return scope;
  }

  private scopeOnDisk(key: ResultKey): Scope | null {
    const row = this.statements.findScope.get(this.id, key.task, key.occurrence, key.count, inputsText(key));
    if (!row) return null;
    const id = Number(row['id']);
    const starts = this.statements.startsOfScope.all(this.id, id).map((result) => Number(result['start']));
    return { id, starts: new Set(starts) };
  }

  private newScope(key: ResultKey): Scope {
    this.scopeCount += 1;
    this.collected.scopes.push({ id: this.scopeCount, key });
    return { id: this.scopeCount, starts: new Set() };
  }
}

function nothing(run: number): Collected {
  return {
    events: new EventRows(run),
    retracted: [],
    results: [],
    scopes: [],
    epochs: new Map(),
    sealings: new Map(),
    end: null,
  };
}
