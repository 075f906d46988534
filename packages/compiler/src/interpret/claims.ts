// What cellfarm's own decorators say of a function, read from the decorator as it is written.
import { Resources, type Skeleton } from '@cellfarm/protocol';
import type { Expr } from '../py-node.js';
import type { Claim } from '../values.js';

const SKELETONS: ReadonlyMap<string, Skeleton> = new Map([
  ['cellfarm.map', 'map'],
  ['cellfarm.reduce', 'map-reduce'],
  ['cellfarm.task', 'single'],
  ['cellfarm.stage', 'pipeline'],
  ['cellfarm.train', 'data-parallel'],
]);

/** The resource that an argument of a decorator stands for, under its name in the tags; null: there is none. */
export function resourceOf(
  argument: string,
): { key: string; schema: (typeof Resources.shape)[keyof typeof Resources.shape] } | null {
  const key = argument === 'gpu_memory' ? 'gpuMemory' : argument;
  return Object.hasOwn(Resources.shape, key)
    ? { key, schema: Resources.shape[key as keyof typeof Resources.shape] }
    : null;
}

/** The claim of `@cellfarm.map(target="gpu", cpus=2)` and the like; null for other decorators.
 * Without a node: the claim without options. */
export function claimOf(path: string, node?: Expr): Claim | null {
  const skeleton = SKELETONS.get(path);
  if (skeleton === undefined) return null;
  const resources: Record<string, string | number> = {};
  let target: string | null = null;
  if (node?.nodeType === 'Call') {
    for (const { arg, value } of node.keywords) {
      if (arg === undefined || value.nodeType !== 'Constant') continue;
      if (arg === 'target' && typeof value.value === 'string') target = value.value;
      else if (typeof value.value === 'string' || typeof value.value === 'number')
        resources[resourceOf(arg)?.key ?? arg] = value.value;
    }
  }
  return { skeleton, target, resources };
}
