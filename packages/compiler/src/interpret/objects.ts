// New objects: each expression or definition makes one region per activation, the same when it is evaluated again.
import type { Frame } from '../frame.js';
import type { Machine } from '../machine.js';
import type { RegionId } from '../regions.js';

export function freshRegion(
  m: Machine,
  frame: Frame,
  node: object,
  options: { code?: boolean; plain?: boolean } = {},
): RegionId {
  let region = frame.regionsMade.get(node);
  if (region === undefined) {
    region = m.world.regions.fresh(options);
    frame.regionsMade.set(node, region);
  }
  return region;
}
