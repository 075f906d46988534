// Holds the lease of a shard: home forks it, so the agent only waits for it at the door and joins it to its stream. It ends when
// either side does; a shard leaves by itself when its connection is closed.
import type { Ticket } from '@cellfarm/protocol';
import type { Door } from './door.js';
import type { Pipe } from './pipe.js';

/** Settles when both sides are closed. */
export async function holdShard(ticket: Ticket, pipe: Pipe, door: Door, signal: AbortSignal): Promise<void> {
  const expectation = door.expect(ticket.nonce);
  void expectation.arrived.then(({ socket, head }) => pipe.join(socket, head));
  const told = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    const doorEnded = pipe.doorEnded.then(() => pipe.drained(null));
    await Promise.race([pipe.streamEnded, doorEnded, told]);
  } finally {
    expectation.end();
    await pipe.close();
  }
}
