// Carries one run from the request to its end: submit, follow, cancel on interrupt. Used by `run` and `verify`.
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunAccepted, RunEvent, RunId, RunOptions, RunView } from '@cellfarm/protocol';
import type { NotebookFile } from './read-notebook.js';
import { followRun } from './follow.js';
import { Unreachable } from '../service-client.js';
import type { ServiceForRun } from './service-for-run.js';

const SUBMIT_TRIES = 100;
const RETRY_MS = 100;

export type RunRequest =
  | {
      readonly notebook: NotebookFile;
      readonly options: RunOptions;
      /** Go on with this run instead of starting one. */
      readonly resume: RunId | null;
    }
  /** Start a run that has ended anew, with its notebook and options. */
  | { readonly retry: RunId; readonly startedBy: string | null };

export interface RunWatcher {
  onAccepted(accepted: RunAccepted): void;
  onEvent(event: RunEvent, view: RunView): void;
  /** Aborted to stop waiting at once. */
  readonly signal: AbortSignal;
  /** Aborted to cancel the run and wait for its end. */
  readonly cancel: AbortSignal;
}

export interface RunOutcome {
  readonly accepted: RunAccepted;
  /** Null when `signal` was aborted before the end. */
  readonly view: RunView | null;
}

/** Throws CellfarmError when the service refuses the run. */
export async function executeRun(
  service: ServiceForRun,
  request: RunRequest,
  watcher: RunWatcher,
): Promise<RunOutcome> {
  const accepted = await persistently(watcher.signal, () => submit(service, request));
  watcher.onAccepted(accepted);
  const cancel = (): void => void cancelRun(service, accepted.run, watcher.signal);
  if (watcher.cancel.aborted) cancel();
  else watcher.cancel.addEventListener('abort', cancel, { once: true });
  const view = await followRun(accepted.run, {
    client: () => service.client(),
    onEvent: (event, seen) => watcher.onEvent(event, seen),
    signal: watcher.signal,
  });
  return { accepted, view };
}

function submit(service: ServiceForRun, request: RunRequest): Promise<RunAccepted> {
  if ('retry' in request) {
    const who = request.startedBy === null ? {} : { startedBy: request.startedBy };
    return service.client().post<RunAccepted>(`/v1/runs/${request.retry}/retry`, who);
  }
  const { path, text } = request.notebook;
  return request.resume === null
    ? service.client().post<RunAccepted>('/v1/runs', { path, content: text, options: request.options })
    : service.client().post<RunAccepted>(`/v1/runs/${request.resume}/resume`, { content: text });
}

async function cancelRun(service: ServiceForRun, run: RunId, signal: AbortSignal): Promise<void> {
  try {
    await persistently(signal, () => service.client().post(`/v1/runs/${run}/cancel`, {}));
  } catch (cause) {
    if (!signal.aborted) throw cause; // a second interrupt ended the service: nobody waits for an answer any more
  }
}

/** Repeats a request while nobody answers: the service may be on its way up again. */
async function persistently<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (cause) {
      if (!(cause instanceof Unreachable) || tries >= SUBMIT_TRIES || signal.aborted) throw cause;
      await sleep(RETRY_MS);
    }
  }
}
