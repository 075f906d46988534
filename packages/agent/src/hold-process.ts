// Holds the lease of a home or a worker, from launch to the end of everything it started. The order at the end is the contract: what
// the process said is delivered, then how it ended, then the stream is closed, which is the loss of the slot.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Backend, Launched, ProcessEnd } from '@cellfarm/backends';
import { CellfarmError, type ProcessExit, type Ticket } from '@cellfarm/protocol';
import { type Places, launchSpec } from './command.js';
import type { Door } from './door.js';
import type { Log } from './log.js';
import type { PidFile } from './pid-file.js';
import type { Pipe } from './pipe.js';

/** A process that closed its connection is about to end: so long it may take by itself, in milliseconds. */
const LINGER_MS = 5_000;
/** How long a connection that outlives its process may be silent before it counts as closed, in milliseconds. */
const QUIET_MS = 1_000;
const STDERR_LIMIT = 16_384;

/** What an agent lends to each lease that it holds. */
export interface Holding {
  readonly places: Places;
  readonly door: Door;
  readonly pidFile: PidFile;
  /** Processes that run now, for an end by force. */
  readonly running: Map<Launched, Backend>;
  readonly graceMs: number;
  readonly log: Log;
}

type Cause = 'process-ended' | 'stream-ended' | 'door-ended' | 'told-to-stop';

/** Settles when nothing of the process runs and the stream is closed. `report` tells the service how it ended. */
export async function holdProcess(
  ticket: Ticket,
  pipe: Pipe,
  backend: Backend,
  holding: Holding,
  signal: AbortSignal,
  report: (exit: ProcessExit) => Promise<void>,
): Promise<void> {
  const { door, log } = holding;
  const expectation = door.expect(ticket.nonce);
  void expectation.arrived.then(({ socket, head }) => pipe.join(socket, head));
  try {
    const launched = await start(ticket, backend, holding, report);
    if (launched === null) return;
    try {
      const ended = backend.watch(launched);
      const cause = await firstCause(ended, pipe, signal);
      log.info({ lease: ticket.lease, slot: ticket.slot, cause }, 'a process ends');
      if (cause === 'door-ended') await Promise.race([ended, pipe.streamEnded, sleep(LINGER_MS)]);
      const stopped = backend.stop(launched, { graceMs: holding.graceMs });
      if (cause !== 'stream-ended') await sayLast(ended, pipe, backend, launched, report);
      await stopped;
      holding.pidFile.remove(launched);
    } finally {
      holding.running.delete(launched);
    }
  } finally {
    expectation.end();
    await pipe.close();
  }
}

/** Null when it could not be started, which the service has been told then. */
async function start(
  ticket: Ticket,
  backend: Backend,
  holding: Holding,
  report: (exit: ProcessExit) => Promise<void>,
): Promise<Launched | null> {
  try {
    const launched = await backend.launch(launchSpec(ticket, holding.places));
    holding.running.set(launched, backend);
    holding.pidFile.add(launched, ticket.target);
    const { lease, slot, part } = ticket;
    holding.log.info(
      { lease, run: ticket.run, slot, process: part, child: launched.pid },
      'a process started',
    );
    return launched;
  } catch (error) {
    if (!(error instanceof CellfarmError)) throw error;
    holding.log.error({ lease: ticket.lease, reason: error.message }, 'a process could not be started');
    await report({ exitCode: null, signal: null, oomKilled: false, stderr: error.message });
    return null;
  }
}

async function firstCause(ended: Promise<ProcessEnd>, pipe: Pipe, signal: AbortSignal): Promise<Cause> {
  const told = new Promise<Cause>((resolve) => {
    if (signal.aborted) resolve('told-to-stop');
    signal.addEventListener('abort', () => resolve('told-to-stop'), { once: true });
  });
  return Promise.race([
    ended.then((): Cause => 'process-ended'),
    pipe.streamEnded.then((): Cause => 'stream-ended'),
    pipe.doorEnded.then((): Cause => 'door-ended'),
    told,
  ]);
}

/** Delivers what the process still had to say, then how it ended. */
async function sayLast(
  ended: Promise<ProcessEnd>,
  pipe: Pipe,
  backend: Backend,
  launched: Launched,
  report: (exit: ProcessExit) => Promise<void>,
): Promise<void> {
  const { exitCode, signal, oomKilled } = await ended;
  const [words] = await Promise.all([backend.collect(launched), pipe.drained(QUIET_MS)]);
  await report({ exitCode, signal, oomKilled, stderr: words.slice(-STDERR_LIMIT) });
  await pipe.close();
}
