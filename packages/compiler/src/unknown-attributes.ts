// Names that cellfarm does not have: `cf.mapp`, whatever cellfarm is called there, and `from cellfarm import mapp`.
import type { CellAnalysis } from './analyse-cells.js';
import { aroundIn, dottedFrom, globalUses } from './global-uses.js';
import type { Misuse } from './misuses.js';
import { walk, type PyNode } from './py-node.js';
import type { World } from './world.js';

/** What `import cellfarm` gives, beside modules of its own. */
export const PUBLIC_NAMES = ['map', 'reduce', 'stage', 'task', 'train'] as const;
const KNOWN: ReadonlySet<string> = new Set([...PUBLIC_NAMES, 'decorators', 'directive']);

function isKnown(attribute: string): boolean {
  return KNOWN.has(attribute) || attribute.startsWith('_');
}

function misuse(name: string, node: PyNode, around: readonly PyNode[]): Misuse {
  return { code: 'C2106', fields: { name, found: PUBLIC_NAMES.join(', ') }, node, around };
}

function attributesOf(analysis: CellAnalysis, world: World): Misuse[] {
  return globalUses(analysis, world).flatMap((use) => {
    if (use.value?.path !== 'cellfarm' || use.value.open) return [];
    const [node] = use.around;
    const attribute = dottedFrom(use).attributes[0];
    if (!node || attribute === undefined || isKnown(attribute)) return [];
    const around = use.around.slice(1);
    // In front of its value an attribute is read; as a target it would be made.
    const stores = around[0] && [around[0]['targets'], around[0]['target']].flat().includes(node);
    return stores ? [] : [misuse(attribute, node, around)];
  });
}

function importsOf({ parsed }: CellAnalysis): Misuse[] {
  if (parsed.kind !== 'parsed') return [];
  const around = aroundIn(parsed.module);
  return [...walk(parsed.module)]
    .filter((node) => node.nodeType === 'ImportFrom' && node['module'] === 'cellfarm' && node['level'] === 0)
    .flatMap((node) =>
      (node['names'] as readonly { name: string }[])
        .filter(({ name }) => name !== '*' && !isKnown(name))
        .map(({ name }) => misuse(name, node, around(node))),
    );
}

export function unknownAttributes(analysis: CellAnalysis, world: World): Misuse[] {
  return [...attributesOf(analysis, world), ...importsOf(analysis)];
}
