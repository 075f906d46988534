// Reads the lease id out of a signed ticket's text, without trusting anything else in it: the queue files tickets by
// it. Whether a ticket is genuine is decided by `signed-ticket.ts`, on the agent.
import { CellfarmError, LeaseId, type SignedTicket } from '@cellfarm/protocol';

/** The lease a ticket is about. Throws CellfarmError C5004 when the text names none. */
export function leaseOf(ticket: SignedTicket): LeaseId {
  try {
    const named = (JSON.parse(ticket.text) as { lease?: unknown } | null)?.lease;
    return LeaseId.parse(named);
  } catch (cause) {
    throw new CellfarmError('C5004', { detail: 'it names no lease' }, { cause });
  }
}
