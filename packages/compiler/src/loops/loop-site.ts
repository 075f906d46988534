// The description of an accepted loop from which home finds it in CPython's own tree and runs its elements.
import type { LoopSite, SourceSpan, TaskId } from '@cellfarm/protocol';
import { namesIn } from '../names-in.js';
import type { Located } from '../py-node.js';
import { spanOf } from '../source-text.js';
import type { World } from '../world.js';
import type { LoopCandidate } from './candidate.js';

/** `blankLines`: lines at the start of the cell that IPython drops before it parses. */
export function loopSite(
  candidate: LoopCandidate,
  task: TaskId,
  blankLines: number,
  world: World,
): LoopSite | null {
  if (!candidate.element) return null;
  const written =
    candidate.form === 'map-call'
      ? namesIn(candidate.element).filter((name) => world.namespace.get(name) !== undefined)
      : [];
  const reads = new Set([...candidate.seen.reads.keys(), ...written]);
  for (const target of candidate.targets) reads.delete(target);
  const place = (node: Located): SourceSpan => {
    const span = spanOf(node);
    return { ...span, line: span.line - blankLines, endLine: span.endLine - blankLines };
  };
  return {
    task,
    form: candidate.form,
    span: place(candidate.node),
    element: place(candidate.element),
    reads: [...reads].sort(),
    accumulators: [...candidate.accumulators].sort(),
  };
}
