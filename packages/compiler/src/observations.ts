// What was seen while code was interpreted: reads and writes of the notebook's names, changes to objects, effects.
// Several observations can be open at a time (the cell's, and a loop element's within it).
import type { Effect } from '@cellfarm/protocol';
import type { Version } from './namespace.js';
import type { RegionId } from './regions.js';

/** A place in the notebook. */
export interface Site {
  readonly cell: number;
  readonly line: number;
}

export interface ReadEvent {
  readonly versions: Set<Version>;
  /** Nothing defines the name at this point, and nothing hidden may do so. */
  unbound: boolean;
  /** Where the name stands, maybe in a function of an earlier cell. */
  readonly origin: Site;
  /** Line of the cell that was being interpreted. */
  readonly line: number;
}

export interface ChangeEvent {
  readonly line: number;
  /** It happens for sure when the code runs; otherwise it is only not excluded. */
  readonly certain: boolean;
  readonly text: string;
}

export interface EffectEvent extends ChangeEvent {
  readonly effect: Effect;
  /** The file concerned, when it is named by a literal; null: any. */
  readonly file: string | null;
  readonly readOnly: boolean;
}

export class Observations {
  readonly reads = new Map<string, ReadEvent>();
  readonly writes = new Map<string, ChangeEvent>();
  readonly deletes = new Map<string, ChangeEvent>();
  readonly regionChanges = new Map<RegionId, ChangeEvent>();
  readonly effects = new Map<string, EffectEvent>();
  readonly imports = new Set<string>();
  barrier: ChangeEvent | null = null;
  private readonly absorbed = new WeakSet<Observations>();

  read(name: string, event: ReadEvent): void {
    const known = this.reads.get(name);
    if (!known) {
      this.reads.set(name, { ...event, versions: new Set(event.versions) });
      return;
    }
    for (const version of event.versions) known.versions.add(version);
    known.unbound &&= event.unbound;
  }

  private static put<K>(map: Map<K, ChangeEvent>, key: K, event: ChangeEvent): void {
    const known = map.get(key);
    if (!known || (event.certain && !known.certain)) map.set(key, event);
  }

  write(name: string, event: ChangeEvent): void {
    Observations.put(this.writes, name, event);
  }

  delete(name: string, event: ChangeEvent): void {
    Observations.put(this.deletes, name, event);
  }

  changeRegion(region: RegionId, event: ChangeEvent): void {
    Observations.put(this.regionChanges, region, event);
  }

  effect(event: EffectEvent): void {
    const key = `${event.effect} ${event.file ?? '*'} ${String(event.readOnly)}`;
    const known = this.effects.get(key);
    if (!known || (event.certain && !known.certain)) this.effects.set(key, event);
  }

  setBarrier(event: ChangeEvent): void {
    this.barrier ??= event;
  }

  /** Takes over all that another record saw, as seen at a line of this one's cell. */
  absorb(other: Observations, line: number): void {
    if (this.absorbed.has(other)) return;
    this.absorbed.add(other);
    for (const [name, event] of other.reads) this.read(name, { ...event, line });
    for (const [name, event] of other.writes) this.write(name, { ...event, line });
    for (const [name, event] of other.deletes) this.delete(name, { ...event, line });
    for (const [region, event] of other.regionChanges) this.changeRegion(region, { ...event, line });
    for (const event of other.effects.values()) this.effect({ ...event, line });
    for (const module of other.imports) this.imports.add(module);
    if (other.barrier) this.setBarrier({ ...other.barrier, line });
  }
}
