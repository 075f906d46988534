// Fourth stage: which cell needs which, and why. Redefinition makes no dependence (names are versioned); reads, changes in
// place, effects outside and barriers do. Knows cells only; tasks come later.
import type { Confidence, EdgeKind, Reason } from '@cellfarm/protocol';
import type { CellAnalysis } from './analyse-cells.js';
import type { Version } from './namespace.js';
import type { EffectEvent } from './observations.js';

export interface Dependence {
  readonly from: number;
  readonly to: number;
  readonly kind: EdgeKind;
  readonly names: ReadonlySet<string>;
  readonly confidence: Confidence;
  readonly reasons: readonly Reason[];
}

const STRENGTH: readonly Confidence[] = ['proved', 'asserted', 'guarded', 'sequential'];

function stronger(one: Confidence, other: Confidence): Confidence {
  return STRENGTH.indexOf(one) <= STRENGTH.indexOf(other) ? one : other;
}

interface Found {
  readonly from: number;
  readonly to: number;
  readonly kind: EdgeKind;
  readonly name: string | null;
  readonly confidence: Confidence;
  readonly reason: Reason;
}

/** Collects dependences; several reasons for the same pair and kind make one. */
class Dependences {
  private readonly found = new Map<
    string,
    Dependence & { names: Set<string>; reasons: Reason[]; confidence: Confidence }
  >();

  add(each: Found): void {
    if (each.from === each.to) return;
    const key = `${each.from} ${each.to} ${each.kind}`;
    let known = this.found.get(key);
    if (!known) {
      known = {
        from: each.from,
        to: each.to,
        kind: each.kind,
        names: new Set(),
        confidence: each.confidence,
        reasons: [],
      };
      this.found.set(key, known);
    }
    if (each.name !== null) known.names.add(each.name);
    known.confidence = stronger(known.confidence, each.confidence);
    if (!known.reasons.some((reason) => reason.code === each.reason.code && reason.text === each.reason.text))
      known.reasons.push(each.reason);
  }

  list(): Dependence[] {
    return [...this.found.values()].sort(
      (a, b) => a.to - b.to || a.from - b.from || a.kind.localeCompare(b.kind),
    );
  }
}

function label(version: Version): string {
  return `${version.name}@${version.number}`;
}

function place(version: Version): string {
  return `cell ${version.cell} line ${version.line}`;
}

function fromReads(analysis: CellAnalysis, into: Dependences): void {
  const to = analysis.cell.index;
  for (const [name, event] of analysis.seen.reads) {
    for (const version of event.versions) {
      const changed = version.kind === 'mutation';
      into.add({
        from: version.cell,
        to,
        kind: changed ? 'region' : 'data',
        name: label(version),
        confidence: version.certain ? 'proved' : 'guarded',
        reason: {
          code: 'reads',
          cell: to,
          line: event.line,
          text: `reads ${name}: ${changed ? 'changed in' : 'bound in'} ${place(version)}`,
        },
      });
    }
  }
}

function fromChanges(analysis: CellAnalysis, into: Dependences): void {
  const to = analysis.cell.index;
  for (const [name, { event, before }] of analysis.changes) {
    const confidence = event.certain ? 'proved' : 'guarded';
    for (const version of before) {
      const text = `changes ${name} in place (${event.text}): ${version.kind === 'write' ? 'bound' : 'changed'} in ${place(version)}`;
      into.add({
        from: version.cell,
        to,
        kind: 'region',
        name: label(version),
        confidence,
        reason: { code: 'changes', cell: to, line: event.line, text },
      });
      for (const [reader, line] of version.readers) {
        if (reader >= to) continue;
        const after = `changes ${name} in place: read before in cell ${reader} line ${line}`;
        into.add({
          from: reader,
          to,
          kind: 'region',
          name: label(version),
          confidence,
          reason: { code: 'changes-after-read', cell: to, line: event.line, text: after },
        });
      }
    }
  }
}

const OUTSIDE = new Set(['io', 'process', 'stdin', 'unknown']);

function conflicts(one: EffectEvent, other: EffectEvent): boolean {
  if (one.readOnly && other.readOnly) return false;
  return one.file === null || other.file === null || one.file === other.file;
}

function effectsOf(analysis: CellAnalysis, kind: 'io' | 'rng'): EffectEvent[] {
  return [...analysis.seen.effects.values()].filter((event) =>
    kind === 'io' ? OUTSIDE.has(event.effect) : event.effect === 'rng' || event.effect === 'unknown',
  );
}

/** Effects outside the namespace keep their order: each cell waits for the last one that it may conflict with. */
function fromEffects(cells: readonly CellAnalysis[], kind: 'io' | 'rng', into: Dependences): void {
  const earlier: { cell: number; events: EffectEvent[] }[] = [];
  for (const analysis of cells) {
    const events = effectsOf(analysis, kind);
    if (events.length === 0) continue;
    const to = analysis.cell.index;
    for (const { cell, events: before } of [...earlier].reverse()) {
      const pair = events.flatMap((mine) =>
        before.filter((theirs) => conflicts(mine, theirs)).map((theirs) => [mine, theirs] as const),
      )[0];
      if (!pair) continue;
      const [mine, theirs] = pair;
      const sure = mine.certain && theirs.certain && mine.effect !== 'unknown' && theirs.effect !== 'unknown';
      const text = `${mine.text}: after cell ${cell} line ${theirs.line} (${theirs.text})`;
      into.add({
        from: cell,
        to,
        kind,
        name: null,
        confidence: sure ? 'proved' : 'guarded',
        reason: {
          code: kind === 'io' ? 'effects-in-order' : 'random-in-order',
          cell: to,
          line: mine.line,
          text,
        },
      });
      if (before.some((theirs2) => theirs2.file === null && !theirs2.readOnly)) break;
    }
    earlier.push({ cell: to, events });
  }
}

/** A cell that is not understood waits for all before it, and all after it wait for the cell. */
function fromBarriers(cells: readonly CellAnalysis[], into: Dependences): void {
  let barrier: CellAnalysis | null = null;
  let since: CellAnalysis[] = [];
  for (const analysis of cells) {
    const to = analysis.cell.index;
    const own = analysis.seen.barrier;
    const link = (from: CellAnalysis, by: CellAnalysis, line: number): void => {
      const text = `cell ${by.cell.index} is not understood: ${by.seen.barrier?.text ?? ''}`;
      into.add({
        from: from.cell.index,
        to,
        kind: 'control',
        name: null,
        confidence: 'sequential',
        reason: { code: 'barrier', cell: by.cell.index, line, text },
      });
    };
    if (barrier?.seen.barrier) link(barrier, barrier, barrier.seen.barrier.line);
    if (own) {
      for (const before of since) link(before, analysis, own.line);
      barrier = analysis;
      since = [];
    } else since.push(analysis);
  }
}

export function findDependences(cells: readonly CellAnalysis[]): Dependence[] {
  const live = cells.filter((analysis) => analysis.status !== 'skipped');
  const into = new Dependences();
  for (const analysis of live) {
    fromReads(analysis, into);
    fromChanges(analysis, into);
  }
  fromEffects(live, 'io', into);
  fromEffects(live, 'rng', into);
  fromBarriers(live, into);
  return into.list();
}
