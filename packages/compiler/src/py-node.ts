// The syntax tree of Python as the whole compiler sees it: CPython's `ast` in shape, names and positions.
// Columns are UTF-8 bytes, as CPython counts them. How a tree comes to be is the business of parse-source.ts and oracle.ts.

/** Where a node stands: lines from 1, columns from 0 in UTF-8 bytes. */
export interface Located {
  readonly lineno: number;
  readonly col_offset: number;
  readonly end_lineno: number;
  readonly end_col_offset: number;
}

interface Operator {
  readonly nodeType: string;
}

export interface Name extends Located {
  readonly nodeType: 'Name';
  readonly id: string;
  readonly ctx: Operator;
}
export interface Attribute extends Located {
  readonly nodeType: 'Attribute';
  readonly value: Expr;
  readonly attr: string;
}
export interface Subscript extends Located {
  readonly nodeType: 'Subscript';
  readonly value: Expr;
  readonly slice: Expr;
}
export interface Starred extends Located {
  readonly nodeType: 'Starred';
  readonly value: Expr;
}
export interface Keyword extends Located {
  readonly nodeType: 'Keyword';
  /** Absent for `**value`. */
  readonly arg?: string;
  readonly value: Expr;
}
export interface Call extends Located {
  readonly nodeType: 'Call';
  readonly func: Expr;
  readonly args: readonly Expr[];
  readonly keywords: readonly Keyword[];
}
export interface Constant extends Located {
  readonly nodeType: 'Constant';
  readonly value: unknown;
  /** Prefix and quotes of a string or bytes literal; absent for other constants. */
  readonly quote_style?: string;
}
export interface Sequence extends Located {
  readonly nodeType: 'List' | 'Tuple' | 'Set';
  readonly elts: readonly Expr[];
}
export interface Dict extends Located {
  readonly nodeType: 'Dict';
  /** Null stands for `**value`. */
  readonly keys: readonly (Expr | null)[];
  readonly values: readonly Expr[];
}
export interface Comprehension {
  readonly nodeType: 'Comprehension';
  readonly target: Expr;
  readonly iter: Expr;
  readonly ifs: readonly Expr[];
  readonly is_async: number;
}
export interface ElementComprehension extends Located {
  readonly nodeType: 'ListComp' | 'SetComp' | 'GeneratorExp';
  readonly elt: Expr;
  readonly generators: readonly Comprehension[];
}
export interface DictComp extends Located {
  readonly nodeType: 'DictComp';
  readonly key: Expr;
  readonly value: Expr;
  readonly generators: readonly Comprehension[];
}
export type AnyComprehension = ElementComprehension | DictComp;

export interface Arg extends Located {
  readonly nodeType: 'Arg';
  readonly arg: string;
  readonly annotation?: Expr;
}
export interface Arguments {
  readonly nodeType: 'Arguments';
  readonly posonlyargs: readonly Arg[];
  readonly args: readonly Arg[];
  readonly vararg?: Arg;
  readonly kwonlyargs: readonly Arg[];
  readonly kw_defaults: readonly (Expr | null)[];
  readonly kwarg?: Arg;
  readonly defaults: readonly Expr[];
}
export interface Lambda extends Located {
  readonly nodeType: 'Lambda';
  readonly args: Arguments;
  readonly body: Expr;
}

export type Expr =
  | Name
  | Attribute
  | Subscript
  | Starred
  | Call
  | Constant
  | Sequence
  | Dict
  | AnyComprehension
  | Lambda
  | (Located & { readonly nodeType: 'BoolOp'; readonly values: readonly Expr[] })
  | (Located & { readonly nodeType: 'NamedExpr'; readonly target: Name; readonly value: Expr })
  | (Located & {
      readonly nodeType: 'BinOp';
      readonly left: Expr;
      readonly op: Operator;
      readonly right: Expr;
    })
  | (Located & { readonly nodeType: 'UnaryOp'; readonly op: Operator; readonly operand: Expr })
  | (Located & {
      readonly nodeType: 'IfExp';
      readonly test: Expr;
      readonly body: Expr;
      readonly orelse: Expr;
    })
  | (Located & { readonly nodeType: 'Await'; readonly value: Expr })
  | (Located & { readonly nodeType: 'Yield'; readonly value?: Expr })
  | (Located & { readonly nodeType: 'YieldFrom'; readonly value: Expr })
  | (Located & { readonly nodeType: 'Compare'; readonly left: Expr; readonly comparators: readonly Expr[] })
  | (Located & {
      readonly nodeType: 'FormattedValue' | 'Interpolation';
      readonly value: Expr;
      readonly format_spec?: Expr;
    })
  | (Located & { readonly nodeType: 'JoinedStr' | 'TemplateStr'; readonly values: readonly Expr[] })
  | (Located & {
      readonly nodeType: 'Slice';
      readonly lower?: Expr;
      readonly upper?: Expr;
      readonly step?: Expr;
    });

export type Pattern =
  | (Located & { readonly nodeType: 'MatchValue'; readonly value: Expr })
  | (Located & { readonly nodeType: 'MatchSingleton' })
  | (Located & { readonly nodeType: 'MatchSequence' | 'MatchOr'; readonly patterns: readonly Pattern[] })
  | (Located & {
      readonly nodeType: 'MatchMapping';
      readonly keys: readonly Expr[];
      readonly patterns: readonly Pattern[];
      readonly rest?: string;
    })
  | (Located & {
      readonly nodeType: 'MatchClass';
      readonly cls: Expr;
      readonly patterns: readonly Pattern[];
      readonly kwd_patterns: readonly Pattern[];
    })
  | (Located & { readonly nodeType: 'MatchStar'; readonly name?: string })
  | (Located & { readonly nodeType: 'MatchAs'; readonly pattern?: Pattern; readonly name?: string });

export interface TypeParam extends Located {
  readonly nodeType: 'TypeVar' | 'ParamSpec' | 'TypeVarTuple';
  readonly name: string;
  readonly bound?: Expr;
  readonly default_value?: Expr;
}

export interface FunctionDef extends Located {
  readonly nodeType: 'FunctionDef' | 'AsyncFunctionDef';
  readonly name: string;
  readonly args: Arguments;
  readonly body: readonly Stmt[];
  readonly decorator_list: readonly Expr[];
  readonly returns?: Expr;
  readonly type_params?: readonly TypeParam[];
}
export interface ClassDef extends Located {
  readonly nodeType: 'ClassDef';
  readonly name: string;
  readonly bases: readonly Expr[];
  readonly keywords: readonly Keyword[];
  readonly body: readonly Stmt[];
  readonly decorator_list: readonly Expr[];
  readonly type_params?: readonly TypeParam[];
}
export interface Alias extends Located {
  readonly nodeType: 'Alias';
  readonly name: string;
  readonly asname?: string;
}
export interface For extends Located {
  readonly nodeType: 'For' | 'AsyncFor';
  readonly target: Expr;
  readonly iter: Expr;
  readonly body: readonly Stmt[];
  readonly orelse: readonly Stmt[];
}
export interface WithItem {
  readonly context_expr: Expr;
  readonly optional_vars?: Expr;
}
export interface ExceptHandler extends Located {
  readonly type?: Expr;
  readonly name?: string;
  readonly body: readonly Stmt[];
}
export interface MatchCase {
  readonly pattern: Pattern;
  readonly guard?: Expr;
  readonly body: readonly Stmt[];
}
export interface Try extends Located {
  readonly nodeType: 'Try' | 'TryStar';
  readonly body: readonly Stmt[];
  readonly handlers: readonly ExceptHandler[];
  readonly orelse: readonly Stmt[];
  readonly finalbody: readonly Stmt[];
}

export type Stmt =
  | FunctionDef
  | ClassDef
  | For
  | Try
  | (Located & { readonly nodeType: 'Return'; readonly value?: Expr })
  | (Located & { readonly nodeType: 'Delete'; readonly targets: readonly Expr[] })
  | (Located & { readonly nodeType: 'Assign'; readonly targets: readonly Expr[]; readonly value: Expr })
  | (Located & {
      readonly nodeType: 'TypeAlias';
      readonly name: Name;
      readonly type_params?: readonly TypeParam[];
      readonly value: Expr;
    })
  | (Located & {
      readonly nodeType: 'AugAssign';
      readonly target: Expr;
      readonly op: Operator;
      readonly value: Expr;
    })
  | (Located & {
      readonly nodeType: 'AnnAssign';
      readonly target: Expr;
      readonly annotation: Expr;
      readonly value?: Expr;
      readonly simple: number;
    })
  | (Located & {
      readonly nodeType: 'While';
      readonly test: Expr;
      readonly body: readonly Stmt[];
      readonly orelse: readonly Stmt[];
    })
  | (Located & {
      readonly nodeType: 'If';
      readonly test: Expr;
      readonly body: readonly Stmt[];
      readonly orelse: readonly Stmt[];
    })
  | (Located & {
      readonly nodeType: 'With' | 'AsyncWith';
      readonly items: readonly WithItem[];
      readonly body: readonly Stmt[];
    })
  | (Located & { readonly nodeType: 'Match'; readonly subject: Expr; readonly cases: readonly MatchCase[] })
  | (Located & { readonly nodeType: 'Raise'; readonly exc?: Expr; readonly cause?: Expr })
  | (Located & { readonly nodeType: 'Assert'; readonly test: Expr; readonly msg?: Expr })
  | (Located & { readonly nodeType: 'Import'; readonly names: readonly Alias[] })
  | (Located & {
      readonly nodeType: 'ImportFrom';
      readonly module?: string;
      readonly names: readonly Alias[];
      readonly level: number;
    })
  | (Located & { readonly nodeType: 'Global' | 'Nonlocal'; readonly names: readonly string[] })
  | (Located & { readonly nodeType: 'Expr'; readonly value: Expr })
  | (Located & { readonly nodeType: 'Pass' | 'Break' | 'Continue' });

export interface Module {
  readonly nodeType: 'Module';
  readonly body: readonly Stmt[];
}

/** Any node that may be met while walking a tree. */
export interface PyNode {
  readonly nodeType: string;
  readonly [field: string]: unknown;
}

/** A node of a known type, looked at as any other: its fields can be asked for by name. */
export function asNode(node: { readonly nodeType: string }): PyNode {
  return node;
}

/** The node as a call; null when it is none. The tag tells the type, which TypeScript cannot know of an open set of nodes. */
export function asCall(node: PyNode | undefined): Call | null {
  return node?.nodeType === 'Call' ? (node as unknown as Call) : null;
}

/** A function or class, with or without decorators. */
export function isDefinition(node: PyNode | undefined): node is PyNode & (FunctionDef | ClassDef) {
  return (
    node?.nodeType === 'FunctionDef' || node?.nodeType === 'AsyncFunctionDef' || node?.nodeType === 'ClassDef'
  );
}

function isNode(value: unknown): value is PyNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { nodeType?: unknown }).nodeType === 'string'
  );
}

/** The nodes directly below one, in the order of the fields. */
export function* childNodes(node: object): Generator<PyNode> {
  for (const value of Object.values(node)) {
    if (isNode(value)) yield value;
    else if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) yield item;
    }
  }
}

/** A node and all below it, parents first. */
export function* walk(node: object): Generator<PyNode> {
  if (isNode(node)) yield node;
  for (const child of childNodes(node)) yield* walk(child);
}

/** The text of a string literal; null for anything else (bytes and f-strings too). */
export function stringLiteral(node: Expr | undefined): string | null {
  if (node?.nodeType !== 'Constant' || typeof node.value !== 'string' || node.quote_style === undefined)
    return null;
  return /^[^'"]*b/i.test(node.quote_style) ? null : node.value;
}
