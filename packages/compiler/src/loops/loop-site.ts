// The description of an accepted loop from which home finds it in CPython's own tree and runs its elements.
import type { LoopSite, TaskId } from '@cellfarm/protocol';
import { walk } from '../py-node.js';
import { spanOf } from '../source-text.js';
import type { World } from '../world.js';
import type { LoopCandidate } from './candidate.js';

function namesIn(node: object): string[] {
  return [...walk(node)].filter((each) => each.nodeType === 'Name').map((each) => String(each['id']));
}

export function loopSite(candidate: LoopCandidate, task: TaskId, world: World): LoopSite | null {
  if (!candidate.element) return null;
  const written = candidate.form === 'map-call' ? namesIn(candidate.element).filter((name) => world.namespace.get(name) !== undefined) : [];
  const reads = new Set([...candidate.seen.reads.keys(), ...written]);
  for (const target of candidate.targets) reads.delete(target);
  return {
    task,
    form: candidate.form,
    span: spanOf(candidate.node),
    element: spanOf(candidate.element),
    reads: [...reads].sort(),
    accumulators: [...candidate.accumulators].sort(),
  };
}
