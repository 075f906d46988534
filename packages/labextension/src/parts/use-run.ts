// React's side of a run: draws again when the run tells of a change, and once a second while something is under way.
import { useEffect, useState } from 'react';
import type { CellNode } from '../run/cell-nodes.js';
import type { RunSource } from '../run/run-source.js';

const TICK_MS = 1_000;

export interface RunNow {
  readonly nodes: readonly CellNode[];
  /** Milliseconds since 1970; the end of the run once it is over. */
  readonly now: number;
}

export function useRun(source: RunSource): RunNow {
  const [seen, see] = useState({ source, at: Date.now() });
  useEffect(() => {
    const update = (): void => see({ source, at: Date.now() });
    source.changed.connect(update);
    update();
    return () => {
      source.changed.disconnect(update);
    };
  }, [source]);
  const going = source.view.state === 'running' && source.run !== null && !source.gone;
  useEffect(() => {
    if (!going) return undefined;
    const timer = window.setInterval(() => see({ source, at: Date.now() }), TICK_MS);
    return () => window.clearInterval(timer);
  }, [source, going]);
  const now = source.view.finishedAt ?? seen.at;
  return { nodes: source.nodes(now), now };
}
