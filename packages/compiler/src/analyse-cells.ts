// Second stage: interprets the cells in document order and keeps for each what it does to the notebook's names.
// Later stages turn this into facts, edges and tasks; nothing here knows of tasks.
import type { CodeCell } from '@cellfarm/protocol';
import { callWithUnknown } from './interpret/functions.js';
import { Interpreter } from './interpret/interpreter.js';
import { runCellMagic } from './interpret/magic-effects.js';
import { frameApart, type Frame } from './frame.js';
import type { LoopCandidate } from './loops/candidate.js';
import { PYTHON_CELL_MAGICS } from './magics.js';
import type { Version } from './namespace.js';
import { Observations, type ChangeEvent } from './observations.js';
import type { ParsedCell } from './parse-cell.js';
import type { Call } from './py-node.js';
import type { RegionId } from './regions.js';
import { NOTHING, value, type Value } from './values.js';
import { World } from './world.js';

/** A name whose object a cell changes in place. */
export interface ChangedName {
  readonly event: ChangeEvent;
  /** The versions that were live before. */
  readonly before: ReadonlySet<Version>;
}

export interface CellAnalysis {
  readonly cell: CodeCell;
  readonly parsed: ParsedCell;
  readonly status: 'ok' | 'opaque' | 'skipped';
  /** Why the cell is not understood. */
  readonly opaque: string | null;
  readonly seen: Observations;
  readonly changes: ReadonlyMap<string, ChangedName>;
  readonly loops: readonly LoopCandidate[];
  readonly reductions: ReadonlySet<Call>;
  /** For each name known before or after the cell, the regions it may share. */
  regionsOf(name: string): ReadonlySet<RegionId>;
  /** Names known after the cell that share a region with one of these. */
  sharing(regions: ReadonlySet<RegionId>): readonly string[];
  /** What a name stands for after the cell, or before it where the cell deletes it. */
  valueOf(name: string): Value | undefined;
  /** What a name stands for: a module, function or class can be shipped by its definition. */
  isCode(name: string): boolean;
}

/** Runs what the cell holds. Gives why it is not understood, or null. */
function runParsed(parsed: ParsedCell, world: World, interpreter: Interpreter): string | null {
  const frame = frameApart(parsed.cell.index);
  if (parsed.kind !== 'parsed') {
    if (parsed.kind === 'syntax-error' && parsed.cell.jupyterTags.includes('raises-exception'))
      return 'it raises SyntaxError';
    world.barrier(parsed.problem.message);
    return parsed.problem.message;
  }
  const { cellMagic, body } = parsed.prepared;
  if (cellMagic && !PYTHON_CELL_MAGICS.has(cellMagic.name))
    return runCellMagic(interpreter, cellMagic, body, frame);
  if (cellMagic?.name === 'timeit') {
    world.effect('display', { text: '%%timeit' });
    return interpreter.runTimed(parsed.prepared.python, frame) ? null : 'the body of %%timeit does not parse';
  }
  if (cellMagic?.name === 'capture') runCellMagicBinding(interpreter, parsed, frame);
  interpreter.runCell(parsed.module, /;\s*(#.*)?$/.test(parsed.cell.source.trimEnd()));
  return null;
}

/** `%%capture out` binds `out` beside running its body. */
function runCellMagicBinding(interpreter: Interpreter, parsed: ParsedCell, frame: Frame): void {
  const name = /^[A-Za-z_]\w*/.exec(parsed.prepared.cellMagic?.args ?? '')?.[0];
  if (name !== undefined)
    interpreter.world.bindGlobal(
      name,
      value({ regions: new Set([interpreter.world.regions.fresh()]), open: true }),
      frame.certain,
    );
}

function changedNames(
  world: World,
  seen: Observations,
  entry: World['namespace'],
  cell: number,
): Map<string, ChangedName> {
  const changed = new Map<RegionId, ChangeEvent>();
  for (const [region, event] of seen.regionChanges) {
    const root = world.regions.find(region);
    const known = changed.get(root);
    if (!known || (event.certain && !known.certain)) changed.set(root, event);
  }
  // What hidden code made may be part of anything.
  const anything = changed.get(world.regions.find(world.everything()));
  const names = new Map<string, ChangedName>();
  for (const [name, binding] of entry.entries()) {
    const isData = [...binding.value.regions].some((region) => !world.regions.isCode(region));
    let event: ChangeEvent | null = (isData ? anything : undefined) ?? null;
    for (const region of binding.value.regions) {
      const own = changed.get(world.regions.find(region));
      if (own && (!event || (own.certain && !event.certain))) event = own;
    }
    if (!event) continue;
    names.set(name, { event, before: binding.versions });
    const now = world.namespace.get(name);
    if (!now || ![...now.versions].some((version) => version.cell !== cell)) continue;
    const site = world.site;
    world.site = { cell, line: event.line };
    const version = world.versionHere(name, 'mutation', event.certain);
    world.site = site;
    world.namespace.set(name, { ...now, versions: new Set([version]) });
  }
  return names;
}

function analyse(parsed: ParsedCell, world: World): CellAnalysis {
  const { cell } = parsed;
  const seen = new Observations();
  const interpreter = new Interpreter(world, parsed.prepared.magics, cell.tags.role === 'map');
  world.beginCell(cell.index);
  world.mayStopAnywhere = cell.jupyterTags.includes('raises-exception');
  const entry = world.namespace.copy();
  let opaque: string | null = null;
  const skipped = cell.tags.role === 'skip';
  if (!skipped) {
    world.observe(seen, () => {
      callWithUnknown(interpreter, [...world.background], NOTHING);
      opaque = runParsed(parsed, world, interpreter);
    });
  }
  const changes = changedNames(world, seen, entry, cell.index);
  if (seen.barrier) world.passBarrier(seen.barrier.line);
  for (const event of seen.reads.values()) {
    for (const version of event.versions)
      if (version.cell !== cell.index && !version.readers.has(cell.index))
        version.readers.set(cell.index, event.line);
  }
  const exit = world.namespace.copy();
  const valueOf = (name: string): Value | undefined => (exit.get(name) ?? entry.get(name))?.value;
  const regionsOf = (name: string): ReadonlySet<RegionId> => {
    const all = [...(entry.get(name)?.value.regions ?? []), ...(exit.get(name)?.value.regions ?? [])];
    return new Set(all.map((region) => world.regions.find(region)));
  };
  return {
    cell,
    parsed,
    status: skipped ? 'skipped' : opaque !== null || seen.barrier ? 'opaque' : 'ok',
    opaque: opaque ?? seen.barrier?.text ?? null,
    seen,
    changes,
    loops: [...interpreter.loops.values()],
    reductions: interpreter.reductions,
    regionsOf,
    sharing: (regions) =>
      [...new Set([...entry.names(), ...exit.names()])].filter((name) =>
        [...regionsOf(name)].some((region) => regions.has(region)),
      ),
    valueOf,
    isCode: (name) => ['function', 'class', 'module'].includes(valueOf(name)?.type ?? ''),
  };
}

export interface NotebookAnalysis {
  readonly cells: readonly CellAnalysis[];
  readonly world: World;
}

export function analyseCells(cells: readonly ParsedCell[]): NotebookAnalysis {
  const world = new World();
  return { cells: cells.map((parsed) => analyse(parsed, world)), world };
}
