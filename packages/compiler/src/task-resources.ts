// What a map's tasks ask for: the cell's tags, then the decorator's own words where the tags say nothing.
import { Resources, TargetName, type CodeCell } from '@cellfarm/protocol';
import type { LoopCandidate } from './loops/candidate.js';

export function targetOf(candidate: LoopCandidate, cell: CodeCell): TargetName {
  const claimed = candidate.callee?.claim?.target ?? null;
  if (cell.tags.target !== 'auto' || claimed === null) return cell.tags.target;
  const parsed = TargetName.safeParse(claimed);
  return parsed.success ? parsed.data : cell.tags.target;
}

/** Keywords of a decorator that are no resources, or malformed ones, are for the decorator itself to refuse. */
export function mergedResources(candidate: LoopCandidate, cell: CodeCell): Resources {
  const merged: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(candidate.callee?.claim?.resources ?? {})) {
    if (key in Resources.shape && Resources.safeParse({ [key]: value }).success) merged[key] = value;
  }
  return Resources.parse({ ...merged, ...cell.tags.resources });
}
