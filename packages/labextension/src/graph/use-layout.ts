// The layout of a plan: at once for a notebook of usual length, in a web worker for a long one.
import { useEffect, useMemo, useState } from 'react';
import type { PlanCell } from '../run/plan-cells.js';
import { layoutCells } from './layout-cells.js';
import { layoutGraph } from './layout.js';
import type { GraphLayout } from './layout.js';

/** Cells that are laid out without a worker: under a millisecond. */
const AT_ONCE = 300;

/** Null while the worker is at it. */
export function useLayout(cells: readonly PlanCell[]): GraphLayout | null {
  const wanted = useMemo(() => layoutCells(cells), [cells]);
  const short = wanted.length <= AT_ONCE;
  const here = useMemo(() => (short ? layoutGraph(wanted) : null), [wanted, short]);
  const [there, setThere] = useState<GraphLayout | null>(null);
  useEffect(() => {
    if (short) return undefined;
    const worker = new Worker(new URL('./layout-worker.js', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<GraphLayout>) => setThere(data));
    worker.postMessage(wanted);
    return () => worker.terminate();
  }, [wanted, short]);
  return here ?? there;
}
