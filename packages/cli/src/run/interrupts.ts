// Ctrl-C: the first one cancels the run cleanly, a second one ends everything at once.

/** One press may reach this process twice: from the terminal, and again from npm. */
const ONE_PRESS_MS = 300;

export interface Interrupts {
  readonly cancel: AbortSignal;
  readonly now: AbortSignal;
  dispose(): void;
}

export function watchInterrupts(): Interrupts {
  const cancel = new AbortController();
  const now = new AbortController();
  let first = 0;
  const onSignal = (): void => {
    if (!cancel.signal.aborted) {
      first = Date.now();
      cancel.abort();
    } else if (Date.now() - first > ONE_PRESS_MS) now.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    cancel: cancel.signal,
    now: now.signal,
    dispose: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
