// Ctrl-C: the first one cancels the run cleanly, a second one ends everything at once.

export interface Interrupts {
  readonly cancel: AbortSignal;
  readonly now: AbortSignal;
  dispose(): void;
}

export function watchInterrupts(): Interrupts {
  const cancel = new AbortController();
  const now = new AbortController();
  const onSignal = (): void => {
    if (cancel.signal.aborted) now.abort();
    else cancel.abort();
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
