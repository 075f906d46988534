// What the chip of a cell says: role, target, and how the cell stands in the latest run. Pure. No tag, no chip.
import { targetIcon } from '../plan/target-words.js';
import type { TargetIcon } from '../plan/target-words.js';
import type { CellNode } from '../run/cell-nodes.js';
import { stateDetail, stateWord } from '../run/state-words.js';
import type { ShownState } from '../run/task-state.js';
import { effectiveTags, isTagged } from '../tags/cell-tags.js';
import type { TagTexts } from '../tags/cell-tags.js';
import type { CodeTags } from '../tags/set-in-code.js';
import type { Words } from '../text/words.js';

export interface ChipView {
  readonly role: string;
  readonly target: string;
  readonly icon: TargetIcon | null;
  /** Where code itself says the tags, such as "Set in code: @cf.map, line 2"; empty for tags that are edited here. */
  readonly inCode: string;
  readonly state: ShownState | null;
  readonly stateText: string;
}

/**
 * @param inCode what the cell's own code says
 * @param node the cell in the latest run of its notebook; null where there was none
 */
export function chipView(
  metadata: unknown,
  inCode: readonly CodeTags[],
  node: CellNode | null,
  words: Words,
  now: number,
): ChipView | null {
  const firstLine = inCode.find(({ of }) => of === null) ?? null;
  const own = firstLine !== null || isTagged(metadata);
  if (!own && inCode.length === 0) return null;
  const tags = own ? [effectiveTags(metadata, firstLine?.tags ?? null)] : inCode.map((said) => said.tags);
  const target = said(tags, 'target');
  return {
    role: said(tags, 'role'),
    target,
    icon: target === 'auto' || target.includes(',') ? null : targetIcon(target),
    inCode: inCodeWords(firstLine ? [firstLine] : own ? [] : inCode, words),
    state: node?.state ?? null,
    stateText: node
      ? [stateWord(node.state, words), stateDetail(node, words, now)].filter(Boolean).join(' ')
      : '',
  };
}

/** "map", or "map, reduce" where functions of a cell are marked differently. */
function said(tags: readonly TagTexts[], field: 'role' | 'target'): string {
  return [...new Set(tags.map((each) => each[field] || 'auto'))].join(', ');
}

function inCodeWords(inCode: readonly CodeTags[], words: Words): string {
  const [first] = inCode;
  if (!first) return '';
  return words.__('Set in code: %1, line %2', first.by, first.line);
}
