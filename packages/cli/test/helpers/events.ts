// Reads the file that `--events` writes, also while it is being written.
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunEvent } from '@cellfarm/protocol';

/** Whole lines written so far. */
export function eventsIn(path: string): RunEvent[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RunEvent);
}

/** Waits until `enough` says so; throws with the last events when it does not happen in a minute. */
export async function untilEvents(
  path: string,
  enough: (events: RunEvent[]) => boolean,
): Promise<RunEvent[]> {
  for (let tries = 0; tries < 3000; tries++) {
    const events = eventsIn(path);
    if (enough(events)) return events;
    await sleep(20);
  }
  throw new Error(`the events never came; last: ${JSON.stringify(eventsIn(path).slice(-5))}`);
}
