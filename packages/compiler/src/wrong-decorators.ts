// Decorators that Python refuses when it comes to them: `@cf.map(workers=4)`, `@cf.map(memory="lots")`, and `@map`, which is
// Python's own. Arguments that are not written out are left to the decorator itself.
import { TargetName } from '@cellfarm/protocol';
import type { CellAnalysis } from './analyse-cells.js';
import { dottedFrom, globalUses, type GlobalUse } from './global-uses.js';
import { resourceOf } from './interpret/claims.js';
import type { Misuse } from './misuses.js';
import { asCall, asNode, isDefinition, type Keyword } from './py-node.js';
import { PUBLIC_NAMES } from './unknown-attributes.js';
import type { World } from './world.js';

const RESOURCES = ['cpus', 'memory', 'gpus', 'gpu_memory', 'timeout', 'retries'];
/** Arguments of one decorator alone. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  task: ['role'],
  reduce: ['identity'],
  train: ['devices'],
};

/** What is wrong with an argument; null: nothing, or it is not known before it runs. */
function problemOf(decorator: string, { arg, value }: Keyword): string | null {
  if (arg === undefined || OWN[decorator]?.includes(arg)) return null;
  const schema = arg === 'target' ? TargetName : RESOURCES.includes(arg) ? resourceOf(arg)?.schema : null;
  if (!schema) return `takes no argument "${arg}"`;
  if (value.nodeType !== 'Constant' || value.value === null) return null;
  const parsed = schema.safeParse(value.value);
  if (parsed.success) return null;
  return `cannot take ${arg}=${JSON.stringify(value.value)}: ${parsed.error.issues[0]?.message ?? 'malformed'}`;
}

function wrongArguments(use: GlobalUse): Misuse[] {
  const path = use.value?.open ? [] : (use.value?.path?.split('.') ?? []);
  const dotted = dottedFrom(use);
  const [package_, decorator = '', ...deeper] = [...path, ...dotted.attributes];
  const call = asCall(dotted.around[0]);
  if (package_ !== 'cellfarm' || deeper.length > 0 || !call || asNode(call.func) !== dotted.node) return [];
  if (!PUBLIC_NAMES.some((name) => name === decorator)) return [];
  const fix = `Its arguments are ${['target', ...(OWN[decorator] ?? []), ...RESOURCES].join(', ')}.`;
  return call.keywords
    .map((keyword) => problemOf(decorator, keyword))
    .filter((problem) => problem !== null)
    .map((problem) => ({
      code: 'C2107' as const,
      fields: { detail: `cellfarm.${decorator} ${problem}`, fix },
      node: dotted.node,
      around: dotted.around,
    }));
}

function pythonsOwn({ name, value, around }: GlobalUse, world: World): Misuse[] {
  const [definition] = around;
  const decorates =
    isDefinition(definition) && definition.decorator_list.some((each) => asNode(each) === asNode(name));
  if (name.id !== 'map' || !decorates || value || world.hiddenNames !== 'none') return [];
  const detail = "@map is Python's own map, which is no decorator";
  return [
    {
      code: 'C2107',
      fields: { detail, fix: 'Write `import cellfarm as cf` and @cf.map.' },
      node: asNode(name),
      around,
    },
  ];
}

export function wrongDecorators(analysis: CellAnalysis, world: World): Misuse[] {
  return globalUses(analysis, world).flatMap((use) => [...wrongArguments(use), ...pythonsOwn(use, world)]);
}
