// The state of one analysis: the notebook's names, regions of objects, what is being observed, and where.
// Offers the few moves that everything else is made of: read, bind, delete, change, effect, barrier.
import type { Effect } from '@cellfarm/protocol';
import { BUILTINS, INJECTED } from './builtin-names.js';
import { joinBindings, Namespace, type Binding, type Version } from './namespace.js';
import type { ChangeEvent, Observations, Site } from './observations.js';
import { Regions, type RegionId } from './regions.js';
import { join, unknownIn, value, type Callee, type Value } from './values.js';

export interface EffectDetail {
  readonly certain?: boolean;
  readonly file?: string | null;
  readonly readOnly?: boolean;
  readonly text: string;
}

export class World {
  readonly regions = new Regions();
  namespace = new Namespace();
  /** Statement of the cell that is being interpreted. */
  site: Site = { cell: 0, line: 1 };
  /** Where the code stands that is being interpreted, maybe a function of an earlier cell. */
  origin: Site = this.site;
  /** What names not bound in sight may be: nothing, names of a star import, or anything that hidden code bound. */
  hiddenNames: 'none' | 'imported' | 'anything' = 'none';
  /** Annotations are not evaluated any more: `from __future__ import annotations`. */
  lazyAnnotations = false;
  /** Functions that may run at any time from now on: given to threads, signals and the like. */
  readonly background = new Set<Callee>();
  /** Modules of which something was replaced. */
  readonly patchedModules = new Set<string>();
  /** States from which `break` and `continue` leave, for each loop around. */
  readonly loopExits: Namespace[][] = [];
  /** Values bound while a `try` body runs, for each around. */
  readonly attempts: Map<string, Binding>[] = [];
  /** True in a cell that is expected to raise: none of its bindings is sure to happen. */
  mayStopAnywhere = false;
  /** Above 0 while code is interpreted that only may run: its bindings leave the earlier ones live. */
  possible = 0;
  private readonly observers: Observations[] = [];
  private readonly counters = new Map<string, number>();
  private readonly versionsOfCell = new Map<string, Version>();
  private readonly moduleRegions = new Map<string, RegionId>();
  private ownEpoch = 0;
  /** The current cell runs code out of sight. */
  private hidden = false;

  /** Grows whenever something changes that an earlier result may rest on. */
  get epoch(): number {
    return this.ownEpoch + this.regions.epoch;
  }

  /** The same for names only: objects that come to share a region do not count. */
  get namesEpoch(): number {
    return this.ownEpoch;
  }

  touchEpoch(): void {
    this.ownEpoch += 1;
  }

  observe<T>(into: Observations, work: () => T): T {
    this.observers.push(into);
    try {
      return work();
    } finally {
      this.observers.pop();
    }
  }

  private each(tell: (observer: Observations) => void): void {
    for (const observer of this.observers) tell(observer);
  }

  /** Passes on what was observed of a call that need not be interpreted again. */
  replay(seen: Observations): void {
    this.each((observer) => {
      observer.absorb(seen, this.site.line);
    });
  }

  private event(text: string, certain: boolean): ChangeEvent {
    return { line: this.site.line, certain, text };
  }

  beginCell(cell: number): void {
    this.hidden = false;
    this.versionsOfCell.clear();
    this.site = { cell, line: 1 };
    this.origin = this.site;
  }

  /** The version that the current cell makes of a name: one per cell. */
  versionHere(name: string, kind: Version['kind'], certain = true): Version {
    let version = this.versionsOfCell.get(name);
    if (!version) {
      const number = this.counters.get(name) ?? 0;
      this.counters.set(name, number + 1);
      version = {
        name,
        number,
        cell: this.site.cell,
        line: this.site.line,
        kind,
        certain,
        readers: new Map(),
      };
      this.versionsOfCell.set(name, version);
    }
    return version;
  }

  private note(name: string, binding: Binding | undefined): void {
    const versions = new Set(binding?.versions);
    const unbound = !binding && this.hiddenNames === 'none';
    const { origin, site } = this;
    this.each((observer) => {
      observer.read(name, { versions: new Set(versions), unbound, origin, line: site.line });
    });
  }

  /** Reads a name of the notebook, or a built-in where the notebook may not bind it. */
  readGlobal(name: string): Value {
    const binding = this.namespace.get(name);
    const builtin = BUILTINS.has(name);
    if (binding && !binding.maybeUnbound) {
      this.note(name, binding);
      return binding.value;
    }
    if (!binding && INJECTED.test(name)) {
      if (name === 'display') return value({ path: 'IPython.display.display', type: 'function' });
      if (name === 'exit' || name === 'quit') return value({ path: 'sys.exit', type: 'function' });
      this.barrier(`uses ${name}`, name === 'get_ipython' ? 'anything' : 'none');
      return unknownIn([this.everything()]);
    }
    if (builtin) {
      const plain = value({ path: `builtins.${name}`, type: 'function' });
      if (!binding) return plain;
      this.note(name, binding);
      return join(binding.value, plain);
    }
    this.note(name, binding);
    if (binding) return binding.value;
    return unknownIn(this.hiddenNames === 'anything' ? [this.everything()] : []);
  }

  bindGlobal(name: string, bound: Value, certain: boolean): void {
    const sure = certain && !this.mayStopAnywhere && this.possible === 0;
    const version = this.versionHere(name, 'write');
    const fresh: Binding = { value: bound, versions: new Set([version]), maybeUnbound: false };
    const before = this.namespace.get(name);
    const after = sure ? fresh : before ? joinBindings(before, fresh) : { ...fresh, maybeUnbound: true };
    if (this.namespace.set(name, after)) this.ownEpoch += 1;
    for (const attempt of this.attempts) {
      const known = attempt.get(name);
      attempt.set(name, known ? joinBindings(known, fresh) : fresh);
    }
    this.each((observer) => {
      observer.write(name, this.event(`binds ${name}`, sure));
    });
  }

  deleteGlobal(name: string, certain: boolean): void {
    const before = this.namespace.get(name);
    this.note(name, before);
    if (before) {
      if (certain && !this.mayStopAnywhere && this.possible === 0) this.namespace.delete(name);
      else this.namespace.set(name, { ...before, maybeUnbound: true });
      this.ownEpoch += 1;
    }
    this.each((observer) => {
      observer.delete(name, this.event(`deletes ${name}`, certain));
    });
  }

  /** Notes that a value's object may be changed in place. */
  change(changed: Value, text: string, options: { certain?: boolean; code?: boolean } = {}): void {
    for (const region of changed.regions) {
      if (this.regions.isCode(region) && !options.code) continue;
      this.each((observer) => {
        observer.changeRegion(region, this.event(text, options.certain ?? false));
      });
    }
  }

  effect(effect: Effect, detail: EffectDetail): void {
    const certain = detail.certain ?? true;
    this.each((observer) => {
      observer.effect({
        ...this.event(detail.text, certain),
        effect,
        file: detail.file ?? null,
        readOnly: detail.readOnly ?? false,
      });
    });
  }

  import(module: string): void {
    this.each((observer) => observer.imports.add(module));
  }

  /**
   * Something happens whose reach is not known. `hides`: what it may bind out of sight.
   */
  barrier(text: string, hides: World['hiddenNames'] = 'anything'): void {
    if (hides === 'anything' || (hides === 'imported' && this.hiddenNames === 'none'))
      this.hiddenNames = hides;
    if (hides === 'anything') this.hidden = true;
    this.each((observer) => {
      observer.setBarrier(this.event(text, true));
    });
  }

  moduleRegion(module: string): RegionId {
    let region = this.moduleRegions.get(module);
    if (region === undefined) {
      region = this.regions.fresh({ code: true });
      this.moduleRegions.set(module, region);
    }
    return region;
  }

  private allRegion: RegionId | null = null;

  /** The region of everything that is not understood. */
  everything(): RegionId {
    this.allRegion ??= this.regions.fresh();
    return this.allRegion;
  }

  /** After a cell that is not understood: each name may be another, and where code was hidden hold anything else too. */
  passBarrier(line: number): void {
    this.site = { cell: this.site.cell, line };
    for (const [name, binding] of [...this.namespace.entries()]) {
      const value = this.hidden ? { ...binding.value, open: true, text: null } : binding.value;
      this.namespace.set(name, {
        ...binding,
        value,
        versions: new Set([this.versionHere(name, 'mutation')]),
      });
    }
    this.ownEpoch += 1;
  }
}
