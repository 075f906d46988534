// Regions: classes of objects that may be connected with each other. Two values that share a region may share an object,
// so changing one may change the other. Merging is final; a region never splits again.
import type { Callee } from './values.js';

export type RegionId = number;

interface RegionInfo {
  parent: RegionId;
  /** Functions, classes and modules: a call that is not understood is taken not to change them. */
  readonly code: boolean;
  /** True while the region is one container whose elements are all immutable. */
  plain: boolean;
  /** Functions and classes kept somewhere in the region's objects. */
  readonly callables: Set<Callee>;
}

export class Regions {
  private readonly infos: RegionInfo[] = [];
  /** Grows with every change, so that callers can tell whether anything they computed is outdated. */
  epoch = 0;

  fresh(options: { code?: boolean; plain?: boolean } = {}): RegionId {
    const id = this.infos.length;
    this.infos.push({
      parent: id,
      code: options.code ?? false,
      plain: options.plain ?? false,
      callables: new Set(),
    });
    return id;
  }

  private info(id: RegionId): RegionInfo {
    const info = this.infos[this.find(id)];
    if (!info) throw new RangeError(`no region ${id}`);
    return info;
  }

  find(id: RegionId): RegionId {
    let at = id;
    for (;;) {
      const info = this.infos[at];
      if (!info) throw new RangeError(`no region ${at}`);
      if (info.parent === at) return at;
      const above = this.infos[info.parent];
      if (above) info.parent = above.parent;
      at = info.parent;
    }
  }

  /** The same regions, each named once. */
  roots(ids: Iterable<RegionId>): Set<RegionId> {
    const roots = new Set<RegionId>();
    for (const id of ids) roots.add(this.find(id));
    return roots;
  }

  isCode(id: RegionId): boolean {
    return this.info(id).code;
  }

  isPlain(id: RegionId): boolean {
    return this.info(id).plain;
  }

  soil(id: RegionId): void {
    const info = this.info(id);
    if (!info.plain) return;
    info.plain = false;
    this.epoch += 1;
  }

  callables(id: RegionId): ReadonlySet<Callee> {
    return this.info(id).callables;
  }

  keep(id: RegionId, callees: Iterable<Callee>): void {
    const { callables } = this.info(id);
    for (const callee of callees) {
      if (callables.has(callee)) continue;
      callables.add(callee);
      this.epoch += 1;
    }
  }

  /** Merges the data regions given; regions of code stay what they are. */
  unify(ids: Iterable<RegionId>): void {
    let root: RegionId | null = null;
    for (const id of ids) {
      if (this.isCode(id)) continue;
      const other = this.find(id);
      if (root === null) root = other;
      else if (root !== other) root = this.merge(root, other);
    }
  }

  private merge(one: RegionId, other: RegionId): RegionId {
    const [root, child] = one < other ? [one, other] : [other, one];
    const rootInfo = this.info(root);
    const childInfo = this.info(child);
    for (const callee of childInfo.callables) rootInfo.callables.add(callee);
    rootInfo.plain = false;
    childInfo.parent = root;
    this.epoch += 1;
    return root;
  }
}
