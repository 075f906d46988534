// The shape of what the compiler knows of a library function or method. Data only; apply-specification.ts gives it meaning.
import type { Effect } from '@cellfarm/protocol';

/**
 * What a call gives. `immutable`: a number, text or the like. `operation`: immutable when all operands are, else new.
 * `fresh`: a new object that shares nothing. `shallow`: a new container of the arguments' elements. `element`: one of
 * them. `alias`: something that may share the arguments' objects. `self`: the receiver.
 */
export type Gives = 'immutable' | 'operation' | 'fresh' | 'shallow' | 'element' | 'alias' | 'self';

export interface Specification {
  readonly gives: Gives;
  /** Type of the result. */
  readonly type?: string;
  /** The result holds only immutable elements. */
  readonly plain?: boolean;
  /** Reads its positional arguments to the end, as iterables. */
  readonly consumes?: boolean;
  /** Arguments that it calls, by position or keyword; `all`: whichever are functions. */
  readonly calls?: readonly (number | string)[] | 'all';
  /** What it changes in place. */
  readonly changes?: readonly (number | string)[];
  /** Keyword that makes a method change its receiver. */
  readonly inPlaceBy?: string;
  /** The receiver keeps the arguments. */
  readonly stores?: boolean;
  readonly effects?: readonly Effect[];
  /** Its effects are possible, not sure. */
  readonly maybe?: boolean;
  /** Its `io` effect only reads. */
  readonly readOnly?: boolean;
  /** Keyword whose integer value makes it independent of the global random state. */
  readonly seededBy?: string;
  /** Type of the result in that case. */
  readonly seededType?: string;
  /** A module whose own state it changes. */
  readonly module?: string;
}

export type Pack = Readonly<Record<string, Specification>>;

/** The same specification for several names of one prefix, written with spaces between. */
export function all(prefix: string, names: string, specification: Specification): Pack {
  return Object.fromEntries(names.split(/\s+/).map((name) => [`${prefix}.${name}`, specification]));
}
