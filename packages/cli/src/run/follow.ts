// Follows one run to its end through the live feed; when the service goes away it waits for the next one and resumes
// from the last sequence number, so that every event is seen once and in order.
import { setTimeout as sleep } from 'node:timers/promises';
import { applyEvent, emptyRunView } from '@cellfarm/protocol';
import type { RunEvent, RunId, RunView } from '@cellfarm/protocol';
import type { ServiceClient } from '../service-client.js';

const RETRY_MS = 100;

export interface Following {
  /** The service to ask, anew at each attempt: its address changes when it was started again. */
  client(): ServiceClient;
  onEvent(event: RunEvent, view: RunView): void;
  /** Aborted when nobody wants to wait any longer. */
  signal: AbortSignal;
}

/** The view of the finished run; null when `signal` was aborted first. */
export async function followRun(run: RunId, following: Following): Promise<RunView | null> {
  const view = emptyRunView();
  while (!following.signal.aborted) {
    const finished = await oneConnection(run, view, following);
    if (finished) return view;
    await sleep(RETRY_MS, undefined, { signal: following.signal }).catch(() => undefined);
  }
  return null;
}

function oneConnection(run: RunId, view: RunView, following: Following): Promise<boolean> {
  return new Promise((resolve) => {
    const feed = following.client().feed(
      run,
      view.seq,
      (event) => {
        if (event.seq <= view.seq) return;
        applyEvent(view, event);
        following.onEvent(event, view);
        if (event.type === 'run.finished') {
          resolve(true);
          feed.close();
        }
      },
      () => resolve(false),
    );
    following.signal.addEventListener('abort', () => feed.close(), { once: true });
  });
}
