// Where a notebook uses cellfarm in a way that ends with an error: a name that it does not have, a decorator whose arguments it
// refuses, Python's own `map` as a decorator. An error where the statement is sure to be reached; a warning where something may
// guard it or define it. What is wrong with each use is found in unknown-attributes.ts and wrong-decorators.ts.
import { describe, type Diagnostic, type ErrorCode } from '@cellfarm/protocol';
import type { CellAnalysis, NotebookAnalysis } from './analyse-cells.js';
import { globalUses } from './global-uses.js';
import { asNode, isDefinition, walk, type PyNode } from './py-node.js';
import { unknownAttributes } from './unknown-attributes.js';
import { wrongDecorators } from './wrong-decorators.js';

export interface Misuse {
  readonly code: ErrorCode;
  readonly fields: Readonly<Record<string, string>>;
  readonly node: PyNode;
  /** What stands around the node, innermost first. */
  readonly around: readonly PyNode[];
}

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

/** A decorator is evaluated where its function is defined, so the definition itself does not guard it. */
function isReached({ node, around }: Misuse): boolean {
  let below = node;
  for (const each of around) {
    const decorates =
      isDefinition(each) && each.decorator_list.some((decorator) => asNode(decorator) === below);
    if (!decorates && !REACHED.has(each.nodeType)) return false;
    below = each;
  }
  return true;
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

export function misuses({ cells, world }: NotebookAnalysis): Diagnostic[] {
  const played = cells.filter(({ status }) => status !== 'skipped');
  const found = played.flatMap((analysis) =>
    [...unknownAttributes(analysis, world), ...wrongDecorators(analysis, world)].map((misuse) => ({
      cell: analysis.cell,
      misuse,
    })),
  );
  if (found.length === 0) return [];
  const unsure = world.patchedModules.has('cellfarm') || played.some((each) => asksOrAdds(each, world));
  return found.map(({ cell, misuse }) => {
    const sure = !unsure && isReached(misuse) && !cell.jupyterTags.includes('raises-exception');
    return {
      code: misuse.code,
      severity: sure ? ('error' as const) : ('warning' as const),
      cell: cell.index,
      line: Number(misuse.node['lineno']),
      column: null,
      ...describe(misuse.code, misuse.fields),
    };
  });
}
