// Trees that py-ast builds from texts that CPython may refuse: `return` outside a function, `x = 1; global x` and the
// like, and syntax newer than the oldest supported Python. A suspicion only: CPython decides.
import type { PyNode } from './py-node.js';
import { childNodes, walk } from './py-node.js';

const FUNCTIONS = new Set(['FunctionDef', 'AsyncFunctionDef', 'Lambda']);
const NEWER_SYNTAX = new Set(['TypeAlias', 'TryStar', 'TemplateStr', 'TypeVar', 'ParamSpec', 'TypeVarTuple']);
const COMPREHENSIONS = new Set(['ListComp', 'SetComp', 'DictComp', 'GeneratorExp']);

interface Surroundings {
  readonly inFunction: boolean;
  readonly inAsync: boolean;
  readonly inLoop: boolean;
  readonly inClass: boolean;
}

function repeated(names: readonly string[]): boolean {
  return new Set(names).size !== names.length;
}

function suspectNode(node: PyNode, around: Surroundings): string | null {
  switch (node.nodeType) {
    case 'Return':
      return around.inFunction ? null : 'return outside a function';
    case 'Yield':
    case 'YieldFrom':
      return around.inFunction ? null : 'yield outside a function';
    case 'Await':
    case 'AsyncFor':
    case 'AsyncWith':
      return (around.inFunction || around.inClass) && !around.inAsync
        ? 'await outside an async function'
        : null;
    case 'Break':
    case 'Continue':
      return around.inLoop ? null : 'break or continue outside a loop';
    case 'Nonlocal':
    case 'Global':
      return 'declaration of a name';
    case 'Call':
      return repeated((node['keywords'] as { arg?: string }[]).flatMap((keyword) => keyword.arg ?? []))
        ? 'keyword repeated'
        : null;
    case 'Arguments': {
      const names = [...walk(node)]
        .filter((each) => each.nodeType === 'Arg')
        .map((each) => String(each['arg']));
      return repeated(names) ? 'parameter repeated' : null;
    }
    case 'ImportFrom':
      return around.inFunction || around.inClass || node['module'] === '__future__'
        ? 'import with rules of its own'
        : null;
    case 'NamedExpr':
      return 'assignment expression';
    case 'Match':
      return 'patterns';
    case 'JoinedStr':
      return /^[^'"]*(["'])/.test(String(node['quote_style'])) &&
        [...walk(node)].some((each) => each.nodeType === 'Constant' && each !== node && 'quote_style' in each)
        ? 'quotes inside an f-string'
        : null;
    default:
      return NEWER_SYNTAX.has(node.nodeType) ? 'newer syntax' : null;
  }
}

function below(node: PyNode, around: Surroundings): Surroundings {
  if (FUNCTIONS.has(node.nodeType)) {
    return { inFunction: true, inAsync: node.nodeType === 'AsyncFunctionDef', inLoop: false, inClass: false };
  }
  if (node.nodeType === 'ClassDef')
    return { inFunction: false, inAsync: false, inLoop: false, inClass: true };
  if (['For', 'AsyncFor', 'While'].includes(node.nodeType)) return { ...around, inLoop: true };
  return around;
}

function search(node: PyNode, around: Surroundings): string | null {
  const own = suspectNode(node, around);
  if (own !== null) return own;
  const inner = COMPREHENSIONS.has(node.nodeType) ? around : below(node, around);
  for (const child of childNodes(node)) {
    const found = search(child, inner);
    if (found !== null) return found;
  }
  return null;
}

/** Why CPython should be asked about a tree; null when nothing speaks for it. */
export function suspectOf(module: object, source: string): string | null {
  if (source.charCodeAt(0) === 0xfeff) return 'byte order mark';
  return search(module as PyNode, { inFunction: false, inAsync: false, inLoop: false, inClass: false });
}
