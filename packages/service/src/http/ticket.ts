// Reads and verifies the signed ticket in a request's headers. What the ticket permits is decided by the run it belongs to.
import type { IncomingHttpHeaders } from 'node:http';
import { CellfarmError } from '@cellfarm/protocol';
import type { LeaseId, Millis, Ticket } from '@cellfarm/protocol';
import { verify } from '@cellfarm/queue';
import { parseJson } from '../json.js';

const HEADER = 'x-cellfarm-ticket';

/** Throws C5004: no ticket, a wrong signature, expired, or of another lease than the path names. */
export function ticketOf(
  headers: IncomingHttpHeaders,
  lease: string,
  keys: readonly Uint8Array[],
  now: Millis,
): Ticket {
  const header = headers[HEADER];
  if (typeof header !== 'string') throw new CellfarmError('C5004', { detail: 'it is missing' });
  const signed = parseJson(Buffer.from(header, 'base64').toString('utf8'));
  return verify(signed, keys, now, { lease: lease as LeaseId });
}
