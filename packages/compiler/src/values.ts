// Abstract values: what an expression may give, as far as dependences need it: the regions it may share, the functions
// of the notebook it may be, its type where known. Joining two values gives what either may be.
import type { Skeleton } from '@cellfarm/protocol';
import type { Frame } from './frame.js';
import type { ClassDef, Expr, FunctionDef, Lambda } from './py-node.js';
import type { RegionId } from './regions.js';
import type { ScopeTable } from './scopes.js';

/** A function or lambda of the notebook. */
export interface FunctionCallee {
  readonly kind: 'function';
  readonly name: string;
  readonly node: FunctionDef | Lambda;
  readonly scopes: ScopeTable;
  /** Where its free names are looked up. */
  readonly closure: Frame;
  /** What its default values may be, all taken together. */
  readonly defaults: Value;
  readonly cell: number;
  /** How a class hands it out. */
  readonly binding: 'plain' | 'static' | 'class' | 'property';
  /** Its body runs when its result is consumed. */
  readonly generator: boolean;
}

/** A class of the notebook. */
export interface ClassCallee {
  readonly kind: 'class';
  readonly name: string;
  readonly node: ClassDef;
  readonly body: Frame;
  readonly bases: readonly Value[];
  /** Shared by all instances when the class itself holds data. */
  readonly data: RegionId | null;
  readonly cell: number;
}

/** A function with its first argument given. */
export interface BoundCallee {
  readonly kind: 'bound';
  readonly self: Value;
  readonly callee: FunctionCallee;
}

/** Work of a generator, `map` or the like that waits to be consumed. */
export interface LazyCallee {
  readonly kind: 'lazy';
  /** Does the work; gives what the elements may be. */
  readonly run: () => Value;
}

export type Callee = FunctionCallee | ClassCallee | BoundCallee | LazyCallee;

/** What a decorator of cellfarm says of a function. */
export interface Claim {
  readonly skeleton: Skeleton;
  readonly target: string | null;
  readonly resources: Readonly<Record<string, string | number>>;
}

export interface Value {
  readonly regions: ReadonlySet<RegionId>;
  readonly callees: ReadonlySet<Callee>;
  /** It may be something else than `callees` and `path` say: calling it may do anything to what it can reach. */
  readonly open: boolean;
  /** `immutable`, a built-in container, or a library's class such as `pandas.DataFrame`; null when not known. */
  readonly type: string | null;
  /** A module, or a function or class of one, by its full name. */
  readonly path: string | null;
  readonly instanceOf: ClassCallee | null;
  readonly claim: Claim | null;
  /** A string literal's text; of an open file, its path where that is a literal. */
  readonly text: string | null;
}

const NONE: ReadonlySet<never> = new Set<never>();

export const IMMUTABLE: Value = {
  regions: NONE,
  callees: NONE,
  open: false,
  type: 'immutable',
  path: null,
  instanceOf: null,
  claim: null,
  text: null,
};

/** No value at all: what joins with any value to that value. */
export const NOTHING: Value = { ...IMMUTABLE, type: 'nothing' };

export function value(parts: Partial<Value>): Value {
  return { ...IMMUTABLE, type: null, ...parts };
}

/** Something of which nothing is known but the regions it may share. */
export function unknownIn(regions: Iterable<RegionId>): Value {
  return value({ regions: new Set(regions), open: true });
}

function union<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): ReadonlySet<T> {
  if (other.size === 0 || one === other) return one;
  if (one.size === 0) return other;
  return new Set([...one, ...other]);
}

export function join(one: Value, other: Value): Value {
  if (one === other || other.type === 'nothing') return one;
  if (one.type === 'nothing') return other;
  const samePath = one.path === other.path;
  return {
    regions: union(one.regions, other.regions),
    callees: union(one.callees, other.callees),
    open: one.open || other.open || !samePath || one.instanceOf !== other.instanceOf,
    type: one.type === other.type ? one.type : null,
    path: samePath ? one.path : null,
    instanceOf: one.instanceOf === other.instanceOf ? one.instanceOf : null,
    claim: one.claim === other.claim ? one.claim : null,
    text: one.text === other.text ? one.text : null,
  };
}

export function joinAll(values: Iterable<Value>): Value {
  let all = NOTHING;
  for (const each of values) all = join(all, each);
  return all;
}

function sameSet<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): boolean {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  for (const item of one) if (!other.has(item)) return false;
  return true;
}

export function sameValue(one: Value, other: Value): boolean {
  return (
    one === other ||
    (one.open === other.open &&
      one.type === other.type &&
      one.path === other.path &&
      one.instanceOf === other.instanceOf &&
      one.claim === other.claim &&
      one.text === other.text &&
      sameSet(one.regions, other.regions) &&
      sameSet(one.callees, other.callees))
  );
}

/** Values given to a call. `starred` holds what `*args` and `**kwargs` may bring. */
export interface CallArguments {
  readonly positional: readonly Value[];
  readonly keywords: ReadonlyMap<string, Value>;
  readonly starred: readonly Value[];
  /** The argument expressions where the call is written out; used for literals only. */
  readonly nodes: { readonly positional: readonly Expr[]; readonly keywords: ReadonlyMap<string, Expr> };
}

export function argumentsOf(positional: readonly Value[]): CallArguments {
  return { positional, keywords: new Map(), starred: [], nodes: { positional: [], keywords: new Map() } };
}

export function allArguments(args: CallArguments): Value[] {
  return [...args.positional, ...args.keywords.values(), ...args.starred];
}
