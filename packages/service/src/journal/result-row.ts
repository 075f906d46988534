// How a result is kept, and how its key becomes the text of a scope. Both directions are here.
import type { FileRead, ObjectRef, SlotId } from '@cellfarm/protocol';
import type { Cell } from './event-row.js';
import type { Result, ResultKey } from './journal-types.js';

/** Columns of `result`, in the order of `pushResultRow`. */
export const RESULT_COLUMNS = [
  'run',
  'scope',
  'start',
  'stop',
  'slot',
  'epoch',
  'status',
  'duration',
  'inline',
  'object',
  'size',
  'files',
] as const;

/** Most results come of no file; those of earlier versions have NULL, of them it cannot be told. */
const NO_FILES = '';

/** Adds the row's values to `cells`. */
export function pushResultRow(cells: Cell[], run: number, scope: number, result: Result): void {
  const { start, stop, slot, epoch, status, durationMs, value, files } = result;
  cells.push(run, scope, start, stop, slot, epoch, status, durationMs);
  if (value.type === 'inline') cells.push(value.bytes, null, null);
  else cells.push(null, value.ref.id, value.ref.size);
  cells.push(files?.length === 0 ? NO_FILES : JSON.stringify(files));
}

export interface ResultRow {
  readonly start: number;
  readonly stop: number;
  readonly slot: SlotId;
  readonly epoch: number;
  readonly status: number;
  readonly duration: number;
  readonly inline: Uint8Array | null;
  readonly object: string | null;
  readonly size: number | null;
  readonly files: string | null;
}

export function resultOf(row: ResultRow): Result {
  const { start, stop, slot, epoch, status, duration: durationMs } = row;
  const ref: ObjectRef | null = row.object === null ? null : { id: row.object, size: row.size ?? 0 };
  const value: Result['value'] = ref
    ? { type: 'object', ref }
    : { type: 'inline', bytes: row.inline ?? new Uint8Array(0) };
  return { start, stop, slot, epoch, status, durationMs, value, files: filesOf(row.files) };
}

function filesOf(text: string | null): FileRead[] | null {
  return text === NO_FILES ? [] : (JSON.parse(text ?? 'null') as FileRead[] | null);
}

/** What a key's inputs are filed under: a digest may be met again by a later home, an unknown input never is. */
export function inputsText(key: ResultKey): string {
  return key.inputs === null ? `home ${key.home}` : `digest ${key.inputs}`;
}

/** A text that is equal for equal scopes of one run. */
export function scopeText(key: ResultKey): string {
  return `${key.task} ${key.occurrence} ${key.count} ${inputsText(key)}`;
}
