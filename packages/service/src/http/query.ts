// Reads what stands in a request's path and query. Throws C6003 for what does not fit.
import { CellfarmError, RunId } from '@cellfarm/protocol';
import { parseBody } from './parse-body.js';

export function runOf(text: unknown): RunId {
  return parseBody(RunId, text);
}

/** Number of the last event that the asker has; 0 when it says nothing. */
export function afterOf(text: unknown): number {
  if (text === undefined || text === null) return 0;
  const after = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(after))
    throw new CellfarmError('C6003', { detail: 'after: a number of an event' });
  return after;
}
