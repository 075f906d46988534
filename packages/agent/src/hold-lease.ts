// What an agent does with one lease: believes its ticket or drops it, opens the stream, and holds what the ticket asks for until the
// stream is closed. Nothing is launched for a ticket that is not genuine, not for this agent, or that the service does not own to.
import type { Backend } from '@cellfarm/backends';
import {
  type AgentId,
  CellfarmError,
  type Endpoint,
  type ProcessExit,
  type SignedTicket,
  type Ticket,
} from '@cellfarm/protocol';
import { verify } from '@cellfarm/queue';
import type { SampleSender } from './devices/sample-sender.js';
import { type Holding, holdProcess } from './hold-process.js';
import { holdShard } from './hold-shard.js';
import { openStream, reportExit } from './open-stream.js';
import { Pipe } from './pipe.js';

/** What an agent needs to judge and hold leases. */
export interface Holder extends Holding {
  readonly agent: AgentId;
  readonly keys: readonly Uint8Array[];
  /** By target. */
  readonly backends: Readonly<Record<string, Backend>>;
  /** Where the service is, in spite of what tickets say; null: where they say. */
  readonly endpoint: Endpoint | null;
  /** Told of services that may ask for samples. */
  readonly samples: SampleSender;
}

/** Settles when the lease is over. Never rejects for what a ticket or the service does wrong: that is logged. */
export async function holdLease(signed: SignedTicket, signal: AbortSignal, holder: Holder): Promise<void> {
  const { agent, log } = holder;
  let ticket: Ticket;
  try {
    ticket = verify(signed, holder.keys, Date.now());
  } catch (error) {
    if (!(error instanceof CellfarmError)) throw error;
    log.error({ code: error.code, reason: error.message }, 'a ticket was refused');
    return;
  }
  const backend = holder.backends[ticket.target];
  const foreign = ticket.agent !== null && ticket.agent !== agent;
  if (!backend || foreign) {
    const reason = foreign ? 'it is for another agent' : 'this agent does not serve its target';
    log.error({ lease: ticket.lease, target: ticket.target, reason }, 'a ticket was refused');
    return;
  }
  const pipe = await connect(ticket, signed, holder);
  if (pipe === null) return;
  if (ticket.part === 'shard') {
    await holdShard(ticket, pipe, holder.door, signal);
  } else {
    const report = (exit: ProcessExit): Promise<void> => tell(ticket, signed, holder, exit);
    await holdProcess(ticket, pipe, backend, holder, signal, report);
  }
}

/** The ticket's stream; null when the service is not there or does not want it (any more). */
async function connect(ticket: Ticket, signed: SignedTicket, holder: Holder): Promise<Pipe | null> {
  const { agent, log, endpoint } = holder;
  try {
    const credentials = { lease: ticket.lease, signed, agent };
    const { socket, head } = await openStream(endpoint ?? ticket.endpoint, credentials);
    holder.samples.heard(endpoint ?? ticket.endpoint, credentials);
    return new Pipe(socket, head);
  } catch (error) {
    log.warn({ lease: ticket.lease, reason: String(error) }, 'no stream for a lease');
    return null;
  }
}

/** Tells the service how a process ended. One that cannot be told sees its stream close. */
async function tell(ticket: Ticket, signed: SignedTicket, holder: Holder, exit: ProcessExit): Promise<void> {
  const { agent, log, endpoint } = holder;
  try {
    await reportExit(endpoint ?? ticket.endpoint, { lease: ticket.lease, signed, agent }, exit);
  } catch (error) {
    log.warn({ lease: ticket.lease, reason: String(error) }, 'the service could not be told of an end');
  }
}
