// Names that cellfarm does not have: `cf.mapp`, whatever cellfarm is called there, and `from cellfarm import mapp`. An error
// where the statement is sure to be reached and to end the run; a warning where something may guard it or define it.
import { describe, type Diagnostic } from '@cellfarm/protocol';
import type { CellAnalysis, NotebookAnalysis } from './analyse-cells.js';
import { aroundIn, dottedFrom, globalUses } from './global-uses.js';
import { walk, type PyNode } from './py-node.js';

/** What `import cellfarm` gives, beside modules of its own. */
export const PUBLIC_NAMES = ['map', 'reduce', 'stage', 'task', 'train'] as const;
const KNOWN: ReadonlySet<string> = new Set([...PUBLIC_NAMES, 'decorators', 'directive']);

/** What stands around a statement that is reached whenever its cell is played. */
const REACHED = new Set([
  'Module',
  'Expr',
  'Assign',
  'AnnAssign',
  'Call',
  'Keyword',
  'Attribute',
  'List',
  'Tuple',
]);

interface Finding {
  readonly attribute: string;
  readonly node: PyNode;
  readonly around: readonly PyNode[];
}

function isKnown(attribute: string): boolean {
  return KNOWN.has(attribute) || attribute.startsWith('_');
}

/** A decorator is evaluated where its function is defined, so the definition itself does not guard it. */
function isReached({ node, around }: Finding): boolean {
  let below = node;
  for (const each of around) {
    const decorates =
      (each.nodeType === 'FunctionDef' ||
        each.nodeType === 'AsyncFunctionDef' ||
        each.nodeType === 'ClassDef') &&
      (each['decorator_list'] as readonly PyNode[]).includes(below);
    if (!decorates && !REACHED.has(each.nodeType)) return false;
    below = each;
  }
  return true;
}

function attributesOf(analysis: CellAnalysis, world: NotebookAnalysis['world']): Finding[] {
  return globalUses(analysis, world).flatMap((use) => {
    if (use.value?.path !== 'cellfarm' || use.value.open) return [];
    const [node] = use.around;
    const attribute = dottedFrom(use).attributes[0];
    if (!node || attribute === undefined || isKnown(attribute)) return [];
    const around = use.around.slice(1);
    // In front of its value an attribute is read; as a target it would be made.
    const stores = around[0] && [around[0]['targets'], around[0]['target']].flat().includes(node);
    return stores ? [] : [{ attribute, node, around }];
  });
}

function importsOf({ parsed }: CellAnalysis): Finding[] {
  if (parsed.kind !== 'parsed') return [];
  const around = aroundIn(parsed.module);
  return [...walk(parsed.module)]
    .filter((node) => node.nodeType === 'ImportFrom' && node['module'] === 'cellfarm' && node['level'] === 0)
    .flatMap((node) =>
      (node['names'] as readonly { name: string }[])
        .filter(({ name }) => name !== '*' && !isKnown(name))
        .map(({ name }) => ({ attribute: name, node, around: around(node) })),
    );
}

/** Whether the notebook asks what cellfarm has, gives it more or imports modules of it: then nothing is sure. */
function asksOrAdds(analysis: CellAnalysis, world: NotebookAnalysis['world']): boolean {
  if (analysis.parsed.kind !== 'parsed') return true;
  const handsOn = globalUses(analysis, world).some(
    ({ value, name, around }) =>
      value?.path === 'cellfarm' && name.ctx.nodeType === 'Load' && around[0]?.nodeType !== 'Attribute',
  );
  return (
    handsOn ||
    [...walk(analysis.parsed.module)].some(
      (node) => node.nodeType === 'Alias' && String(node['name']).startsWith('cellfarm.'),
    )
  );
}

export function unknownAttributes({ cells, world }: NotebookAnalysis): Diagnostic[] {
  const played = cells.filter(({ status }) => status !== 'skipped');
  const found = played.flatMap((analysis) => {
    const all = [...attributesOf(analysis, world), ...importsOf(analysis)];
    return all.map((finding) => ({ analysis, finding }));
  });
  if (found.length === 0) return [];
  const unsure = world.patchedModules.has('cellfarm') || played.some((each) => asksOrAdds(each, world));
  return found.map(({ analysis: { cell }, finding }) => {
    const sure = !unsure && isReached(finding) && !cell.jupyterTags.includes('raises-exception');
    return {
      code: 'C2106' as const,
      severity: sure ? ('error' as const) : ('warning' as const),
      cell: cell.index,
      line: Number(finding.node['lineno']),
      column: null,
      ...describe('C2106', { name: finding.attribute, found: PUBLIC_NAMES.join(', ') }),
    };
  });
}
