// What the chip of a cell says: role, target, and how the cell stands in the latest run. Pure. No tag, no chip.
import { targetIcon } from '../plan/target-words.js';
import type { TargetIcon } from '../plan/target-words.js';
import type { CellNode } from '../run/cell-nodes.js';
import { stateDetail, stateWord } from '../run/state-words.js';
import type { ShownState } from '../run/task-state.js';
import { declaredTags, isTagged, readTags } from '../tags/cell-tags.js';
import type { Words } from '../text/words.js';

export interface ChipView {
  readonly role: string;
  readonly target: string;
  readonly icon: TargetIcon | null;
  /** True where the cell itself says its tags. */
  readonly declared: boolean;
  readonly state: ShownState | null;
  readonly stateText: string;
}

/** @param node the cell in the latest run of its notebook; null where there was none */
export function chipView(
  source: string,
  metadata: unknown,
  node: CellNode | null,
  words: Words,
  now: number,
): ChipView | null {
  const declared = declaredTags(source);
  if (!declared && !isTagged(metadata)) return null;
  const tags = declared ?? readTags(metadata);
  const target = tags.target === '' ? 'auto' : tags.target;
  return {
    role: tags.role === '' ? 'auto' : tags.role,
    target,
    icon: target === 'auto' ? null : targetIcon(target),
    declared: declared !== null,
    state: node?.state ?? null,
    stateText: node
      ? [stateWord(node.state, words), stateDetail(node, words, now)].filter(Boolean).join(' ')
      : '',
  };
}
