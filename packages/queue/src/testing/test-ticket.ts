// Tickets for tests: whole and valid, numbered so that they can be told apart.
import { LeaseId, Ticket, type SignedTicket } from '@cellfarm/protocol';
import { sign } from '../signed-ticket.js';

export const TEST_KEY = new Uint8Array(32).fill(7);

export function leaseNumber(number: number): LeaseId {
  return LeaseId.parse(`l-${number.toString(16).padStart(16, '0')}`);
}

/** A ticket that any test may change. */
export function testTicket(number: number, changes: Partial<Ticket> = {}): Ticket {
  return Ticket.parse({
    version: 1,
    lease: leaseNumber(number),
    run: 'r-00000000000000aa',
    slot: 'w0',
    part: 'worker',
    target: 'local',
    epoch: 1,
    nonce: 'nonce-of-16-letters',
    python: ['/usr/bin/python3'],
    cwd: '/tmp',
    env: {},
    resources: {},
    endpoint: { socket: '/tmp/service.sock' },
    agent: null,
    expires: Date.UTC(2100, 0, 1),
    ...changes,
  });
}

export function signedTestTicket(number: number): SignedTicket {
  return sign(testTicket(number), TEST_KEY);
}
