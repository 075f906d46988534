// Where a cell mentions names of the notebook, with what stands around each mention and what the name stands for. Found in
// the tree alone: functions that nobody calls count too.
import type { CellAnalysis } from './analyse-cells.js';
import { globalNames } from './global-names.js';
import { asNode, childNodes, walk, type Module, type Name, type PyNode } from './py-node.js';
import { buildScopes } from './scopes.js';
import type { Value } from './values.js';
import type { World } from './world.js';

export interface GlobalUse {
  readonly name: Name;
  /** The nodes around the name, innermost first; the module is the last. */
  readonly around: readonly PyNode[];
  /** It stands in a function's body. */
  readonly late: boolean;
  /** What it stands for after the cell; in a function, where nothing bound it by then, at the notebook's end. */
  readonly value: Value | undefined;
}

/** What stands around any node of a module, innermost first. */
export function aroundIn(module: Module): (node: object) => PyNode[] {
  const parents = new Map<object, PyNode>();
  for (const node of walk(module)) for (const child of childNodes(node)) parents.set(child, node);
  return (node) => {
    const around: PyNode[] = [];
    for (let each = parents.get(node); each; each = parents.get(each)) around.push(each);
    return around;
  };
}

/** None for cells that were skipped or do not parse. */
export function globalUses(analysis: CellAnalysis, world: World): GlobalUse[] {
  const { parsed, status } = analysis;
  if (parsed.kind !== 'parsed' || status === 'skipped') return [];
  const scopes = buildScopes(parsed.module);
  const around = aroundIn(parsed.module);
  return [...globalNames(parsed.module, scopes.of(parsed.module), scopes)].map(({ node, late }) => ({
    name: node,
    around: around(node),
    late,
    value: analysis.valueOf(node.id) ?? (late ? world.namespace.get(node.id)?.value : undefined),
  }));
}

/** The longest `a.b.c` that begins with the name: its attributes, and the outermost node of it. */
export function dottedFrom(use: GlobalUse): {
  attributes: string[];
  node: PyNode;
  around: readonly PyNode[];
} {
  const attributes: string[] = [];
  let node = asNode(use.name);
  let depth = 0;
  for (; use.around[depth]?.nodeType === 'Attribute'; depth += 1) {
    node = use.around[depth] as PyNode;
    attributes.push(String(node['attr']));
  }
  return { attributes, node, around: use.around.slice(depth) };
}
