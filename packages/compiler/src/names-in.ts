// Names as they are written in a piece of code, whatever they stand for.
import { walk, type Expr, type PyNode } from './py-node.js';

/** Every name at or below a node, as often as it stands there; `Store`: only where it is bound. */
export function namesIn(node: object, context?: 'Store'): string[] {
  return [...walk(node)]
    .filter((each) => each.nodeType === 'Name')
    .filter((each) => context === undefined || (each['ctx'] as PyNode).nodeType === context)
    .map((each) => String(each['id']));
}

/** `a.b.c` as a text, with `…` for a first part that is no name; null for anything but names and attributes. */
export function dottedName(node: Expr): string | null {
  if (node.nodeType === 'Name') return node.id;
  return node.nodeType === 'Attribute' ? `${dottedName(node.value) ?? '…'}.${node.attr}` : null;
}
