// Python's scopes: which names each function, class and comprehension binds, and where a name used in one is looked up.
// Purely syntactic, like CPython's symtable, against which it is tested. What the names hold is found elsewhere.
import type {
  Alias,
  AnyComprehension,
  ClassDef,
  FunctionDef,
  Lambda,
  Module,
  PyNode,
  TypeParam,
} from './py-node.js';
import { childNodes } from './py-node.js';

export type ScopeKind = 'module' | 'function' | 'class' | 'comprehension' | 'type-parameters';

export interface Scope {
  readonly kind: ScopeKind;
  readonly parent: Scope | null;
  /** Names bound by any statement of the scope, parameters included, declared globals and nonlocals left out. */
  readonly bound: ReadonlySet<string>;
  readonly globals: ReadonlySet<string>;
  readonly nonlocals: ReadonlySet<string>;
  /** Name of the innermost class around, for private names; null outside classes. */
  readonly className: string | null;
}

type FunctionNode = FunctionDef | Lambda;
type ScopeNode = Module | FunctionNode | ClassDef | AnyComprehension;

/** The scopes of one cell's tree, by the node that opens them. */
export interface ScopeTable {
  of(node: ScopeNode): Scope;
}

class OpenScope implements Scope {
  readonly bound = new Set<string>();
  readonly globals = new Set<string>();
  readonly nonlocals = new Set<string>();

  constructor(
    readonly kind: ScopeKind,
    readonly parent: OpenScope | null,
    readonly className: string | null,
  ) {}

  bind(name: string): void {
    const plain = mangle(name, this);
    if (this.globals.has(plain) || this.nonlocals.has(plain)) return;
    this.bound.add(plain);
  }

  declare(kind: 'Global' | 'Nonlocal', name: string): void {
    const plain = mangle(name, this);
    (kind === 'Global' ? this.globals : this.nonlocals).add(plain);
    this.bound.delete(plain);
  }
}

/** A private name of a class (`__x`) as Python stores it; others unchanged. */
export function mangle(name: string, scope: Scope): string {
  if (scope.className === null || !name.startsWith('__') || name.endsWith('__') || name.includes('.'))
    return name;
  const owner = scope.className.replace(/^_+/, '');
  return owner === '' ? name : `_${owner}${name}`;
}

/** The name that an import binds: `import a.b` binds `a`, `import a.b as c` binds `c`. */
export function importedName(alias: Alias): string {
  return alias.asname ?? alias.name.split('.')[0] ?? alias.name;
}

class ScopeBuilder {
  readonly scopes = new Map<object, OpenScope>();

  private open(node: object, kind: ScopeKind, parent: OpenScope | null, className: string | null): OpenScope {
    const scope = new OpenScope(kind, parent, className);
    this.scopes.set(node, scope);
    return scope;
  }

  module(module: Module): void {
    this.children(module, this.open(module, 'module', null, null));
  }

  private children(node: object, scope: OpenScope): void {
    for (const child of childNodes(node)) this.visit(child, scope);
  }

  private visitAll(nodes: readonly (object | null | undefined)[], scope: OpenScope): void {
    for (const node of nodes) if (node) this.visit(node as PyNode, scope);
  }

  private typeParameters(parameters: readonly TypeParam[] | undefined, scope: OpenScope): OpenScope {
    if (!parameters || parameters.length === 0) return scope;
    const inner = new OpenScope('type-parameters', scope, scope.className);
    for (const parameter of parameters) inner.bind(parameter.name);
    for (const parameter of parameters) this.visitAll([parameter.bound, parameter.default_value], inner);
    return inner;
  }

  private function(node: FunctionNode, scope: OpenScope): void {
    const { args } = node;
    this.visitAll([...args.defaults, ...args.kw_defaults], scope);
    let outer = scope;
    if (node.nodeType !== 'Lambda') {
      scope.bind(node.name);
      this.visitAll(node.decorator_list, scope);
      outer = this.typeParameters(node.type_params, scope);
    }
    const parameters = [
      ...args.posonlyargs,
      ...args.args,
      ...args.kwonlyargs,
      args.vararg,
      args.kwarg,
    ].filter((each) => each !== undefined);
    if (node.nodeType !== 'Lambda')
      this.visitAll([...parameters.map((each) => each.annotation), node.returns], outer);
    const inner = this.open(node, 'function', outer, scope.className);
    for (const parameter of parameters) inner.bind(parameter.arg);
    if (node.nodeType === 'Lambda') this.visitAll([node.body], inner);
    else this.visitAll(node.body, inner);
  }

  private classDef(node: ClassDef, scope: OpenScope): void {
    scope.bind(node.name);
    this.visitAll(node.decorator_list, scope);
    const outer = this.typeParameters(node.type_params, scope);
    this.visitAll([...node.bases, ...node.keywords], outer);
    this.visitAll(node.body, this.open(node, 'class', outer, node.name));
  }

  private comprehension(node: AnyComprehension, scope: OpenScope): void {
    const inner = this.open(node, 'comprehension', scope, scope.className);
    node.generators.forEach((generator, i) => {
      this.visitAll([generator.iter], i === 0 ? scope : inner);
      this.visitAll([generator.target, ...generator.ifs], inner);
    });
    this.visitAll(node.nodeType === 'DictComp' ? [node.key, node.value] : [node.elt], inner);
  }

  private visit(node: PyNode, scope: OpenScope): void {
    // told by the tag that is switched over; a node of another tag is only walked
    const typed = node as unknown as FunctionDef | Lambda | ClassDef | AnyComprehension | Alias | PyNode;
    switch (node.nodeType) {
      case 'FunctionDef':
      case 'AsyncFunctionDef':
      case 'Lambda':
        return this.function(typed as FunctionNode, scope);
      case 'ClassDef':
        return this.classDef(typed as ClassDef, scope);
      case 'ListComp':
      case 'SetComp':
      case 'DictComp':
      case 'GeneratorExp':
        return this.comprehension(typed as AnyComprehension, scope);
      case 'NamedExpr': {
        let target = scope;
        while (target.kind === 'comprehension' && target.parent) target = target.parent;
        target.bind(String((node['target'] as { id: string }).id));
        return this.visitAll([node['value'] as object], scope);
      }
      case 'Global':
      case 'Nonlocal':
        for (const name of node['names'] as string[]) scope.declare(node.nodeType, name);
        return undefined;
      case 'Name':
        if ((node['ctx'] as PyNode).nodeType !== 'Load') scope.bind(String(node['id']));
        return undefined;
      case 'Alias':
        if (node['name'] !== '*') scope.bind(importedName(typed as Alias));
        return undefined;
      case 'TypeAlias': {
        scope.bind((node['name'] as { id: string }).id);
        const inner = this.typeParameters(node['type_params'] as readonly TypeParam[] | undefined, scope);
        return this.visitAll([node['value'] as object], inner);
      }
      case 'ExceptHandler':
      case 'MatchAs':
      case 'MatchStar':
        if (typeof node['name'] === 'string') scope.bind(node['name']);
        return this.children(node, scope);
      case 'MatchMapping':
        if (typeof node['rest'] === 'string') scope.bind(node['rest']);
        return this.children(node, scope);
      default:
        return this.children(node, scope);
    }
  }
}

export function buildScopes(module: Module): ScopeTable {
  const builder = new ScopeBuilder();
  builder.module(module);
  return {
    of(node) {
      const scope = builder.scopes.get(node);
      if (!scope) throw new TypeError(`no scope was built for a ${node.nodeType}`);
      return scope;
    },
  };
}

/** Where a name used in a scope lives. A class scope is tried first and only for code directly in it. */
export function resolve(
  scope: Scope,
  name: string,
): { readonly kind: 'local'; readonly scope: Scope } | { readonly kind: 'global' } {
  const plain = mangle(name, scope);
  let at: Scope | null = scope;
  while (at && at.kind !== 'module') {
    if (at.globals.has(plain)) return { kind: 'global' };
    if (at.bound.has(plain) && (at.kind !== 'class' || at === scope)) return { kind: 'local', scope: at };
    at = at.parent;
  }
  return { kind: 'global' };
}
