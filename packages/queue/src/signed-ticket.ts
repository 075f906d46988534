// Signs tickets and refuses those that are not genuine: HMAC-SHA256 over the very text that travels, compared in
// constant time under every live key (two while a key is rotated), then the shape, the expiry and, where the reader
// expects a certain run or lease, that it is about them. Keys come from outside; nothing here reads files.
import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  CellfarmError,
  SignedTicket,
  Ticket,
  type LeaseId,
  type Millis,
  type RunId,
} from '@cellfarm/protocol';

/** Of the signed ticket as JSON: in base64 it fits the 64 KiB that the service takes of headers. */
const MAX_BYTES = 45_056;

/** What the reader knows already; a genuine ticket about something else is refused as a replay. */
export interface Expected {
  readonly run?: RunId;
  readonly lease?: LeaseId;
}

/** Signs a ticket. `key`: at least 32 random bytes. Throws CellfarmError C5004 when it does not fit a queue. */
export function sign(ticket: Ticket, key: Uint8Array): SignedTicket {
  const text = JSON.stringify(Ticket.parse(ticket));
  const signed = { text, mac: macOf(text, key).toString('hex') };
  const bytes = Buffer.byteLength(JSON.stringify(signed));
  if (bytes > MAX_BYTES) throw refused(`it has ${bytes} bytes, more than ${MAX_BYTES}`);
  return signed;
}

/**
 * The ticket inside, or CellfarmError C5004 that says why it is refused.
 * @param signed what came from outside, not trusted at all
 * @param keys keys that may have signed it
 * @param now milliseconds since 1970
 */
export function verify(
  signed: unknown,
  keys: readonly Uint8Array[],
  now: Millis,
  expected: Expected = {},
): Ticket {
  const shape = SignedTicket.safeParse(signed);
  if (!shape.success) throw refused('it is malformed');
  const { text, mac } = shape.data;
  if (!isGenuine(text, Buffer.from(mac, 'hex'), keys)) throw refused('its signature is wrong');
  const ticket = ticketIn(text);
  if (ticket.expires <= now) throw refused(`it expired ${now - ticket.expires} ms ago`);
  if (expected.run !== undefined && expected.run !== ticket.run) throw refused('it is about another run');
  if (expected.lease !== undefined && expected.lease !== ticket.lease)
    throw refused('it is about another lease');
  return ticket;
}

function macOf(text: string, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

/** Every key is tried, so that the time taken tells nothing about which one fitted. */
function isGenuine(text: string, mac: Buffer, keys: readonly Uint8Array[]): boolean {
  let genuine = false;
  for (const key of keys) genuine = timingSafeEqual(macOf(text, key), mac) || genuine;
  return genuine;
}

function ticketIn(text: string): Ticket {
  try {
    return Ticket.parse(JSON.parse(text));
  } catch (cause) {
    throw new CellfarmError('C5004', { detail: 'its text is no ticket of this version' }, { cause });
  }
}

function refused(detail: string): CellfarmError {
  return new CellfarmError('C5004', { detail });
}
