// The names of the notebook that a piece of code mentions, wherever in it: found by scopes alone, without running anything.
import type { Module, Name, PyNode } from './py-node.js';
import { childNodes } from './py-node.js';
import { resolve, type Scope, type ScopeTable } from './scopes.js';

const SCOPED = new Set([
  'FunctionDef',
  'AsyncFunctionDef',
  'Lambda',
  'ClassDef',
  'ListComp',
  'SetComp',
  'DictComp',
  'GeneratorExp',
]);
const FUNCTIONS = new Set(['FunctionDef', 'AsyncFunctionDef', 'Lambda']);

export interface GlobalName {
  readonly node: Name;
  /** It stands in a function's body, so it is looked up when that is called. */
  readonly late: boolean;
}

/** Every use of a global name below a node; `scope` is the one that the node stands in. */
export function* globalNames(
  node: object,
  scope: Scope,
  scopes: ScopeTable,
  late = false,
): Generator<GlobalName> {
  const { nodeType } = node as PyNode;
  const inner = SCOPED.has(nodeType) ? scopes.of(node as Module) : scope;
  if (nodeType === 'Name' && resolve(scope, (node as Name).id).kind === 'global')
    yield { node: node as Name, late };
  for (const child of childNodes(node))
    yield* globalNames(child, inner, scopes, late || FUNCTIONS.has(nodeType));
}
