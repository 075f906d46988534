// Asks for something again and again while a panel shows it. The next question waits for the answer to the one before, so a
// slow server is never asked twice at once; what was known stays shown while an answer fails.
import { useEffect, useState } from 'react';

export interface PolledOptions<T> {
  /** Must be the same function from draw to draw, else each draw asks anew. */
  readonly ask: () => Promise<T>;
  /** Pause after an answer, in milliseconds; null: it is asked once. */
  readonly everyMs: number | null;
  /** What is told when it cannot be known, such as `the runs are not known`. */
  readonly unknown: string;
  /** @default true */
  readonly wanted?: boolean;
}

/** Null before the first answer. */
export function usePolled<T>({ ask, everyMs, unknown, wanted = true }: PolledOptions<T>): T | null {
  const [known, setKnown] = useState<T | null>(null);
  useEffect(() => {
    if (!wanted) return undefined;
    let here = true;
    let timer: number | undefined;
    const look = async (): Promise<void> => {
      try {
        const found = await ask();
        if (here) setKnown(found);
      } catch (cause) {
        console.warn(`cellfarm: ${unknown}`, cause);
      }
      if (here && everyMs !== null) timer = window.setTimeout(() => void look(), everyMs);
    };
    void look();
    return () => {
      here = false;
      window.clearTimeout(timer);
    };
  }, [ask, everyMs, unknown, wanted]);
  return known;
}
