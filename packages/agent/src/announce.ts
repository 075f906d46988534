// Keeps an agent on the queue's list. A queue that is away when the agent starts is asked again until it is there: an agent outlives
// its queue.
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentInfo } from '@cellfarm/protocol';
import type { Announcement, LeaseQueue } from '@cellfarm/queue';
import type { Log } from './log.js';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/** Answers at once. `end` takes the agent off the list, or ends the asking; a queue that is away forgets it by itself. */
export function keepAnnounced(queue: LeaseQueue, info: AgentInfo, log: Log): Announcement {
  const over = new AbortController();
  const announce = async (): Promise<Announcement | null> => {
    for (let wait = FIRST_WAIT_MS; !over.signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      try {
        return await queue.announce(info);
      } catch (error) {
        log.warn({ reason: String(error) }, 'the queue does not take the announcement yet');
        await sleep(wait, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
      }
    }
    return null;
  };
  const announced = announce();
  return {
    end: async () => {
      over.abort();
      try {
        await (await announced)?.end();
      } catch (error) {
        log.warn({ reason: String(error) }, 'the queue could not be told that the agent leaves');
      }
    },
  };
}
