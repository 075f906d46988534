// The notebook's names while its cells are analysed in document order: for each what it may hold and which versions of it
// may be live. Branches work on copies that are joined again.
import { join, sameValue, type Value } from './values.js';

/** One definition of a name: a cell that binds it or changes its object in place. */
export interface Version {
  readonly name: string;
  /** Counted per name from 0. */
  readonly number: number;
  readonly cell: number;
  readonly line: number;
  readonly kind: 'write' | 'mutation';
  /** False for a change in place that is only not excluded. */
  readonly certain: boolean;
  /** Cells that read this version, with the line. */
  readonly readers: Map<number, number>;
}

export interface Binding {
  readonly value: Value;
  readonly versions: ReadonlySet<Version>;
  readonly maybeUnbound: boolean;
}

function sameVersions(one: ReadonlySet<Version>, other: ReadonlySet<Version>): boolean {
  return one.size === other.size && [...one].every((version) => other.has(version));
}

export class Namespace {
  constructor(private readonly bindings = new Map<string, Binding>()) {}

  get(name: string): Binding | undefined {
    return this.bindings.get(name);
  }

  entries(): IterableIterator<[string, Binding]> {
    return this.bindings.entries();
  }

  names(): IterableIterator<string> {
    return this.bindings.keys();
  }

  /** Returns whether anything changed. */
  set(name: string, binding: Binding): boolean {
    const before = this.bindings.get(name);
    this.bindings.set(name, binding);
    return (
      !before ||
      before.maybeUnbound !== binding.maybeUnbound ||
      !sameVersions(before.versions, binding.versions) ||
      !sameValue(before.value, binding.value)
    );
  }

  delete(name: string): void {
    this.bindings.delete(name);
  }

  copy(): Namespace {
    return new Namespace(new Map(this.bindings));
  }

  /** What holds when either this or the other may be the case. Changes this one; returns whether it did. */
  joinWith(other: Namespace): boolean {
    let changed = false;
    for (const [name, binding] of other.bindings) {
      const own = this.bindings.get(name);
      if (own === binding) continue;
      const joined = own ? joinBindings(own, binding) : { ...binding, maybeUnbound: true };
      if (this.set(name, joined)) changed = true;
    }
    for (const [name, binding] of this.bindings) {
      if (binding.maybeUnbound || other.bindings.has(name)) continue;
      this.bindings.set(name, { ...binding, maybeUnbound: true });
      changed = true;
    }
    return changed;
  }
}

export function joinBindings(one: Binding, other: Binding): Binding {
  return {
    value: join(one.value, other.value),
    versions: sameVersions(one.versions, other.versions)
      ? one.versions
      : new Set([...one.versions, ...other.versions]),
    maybeUnbound: one.maybeUnbound || other.maybeUnbound,
  };
}
