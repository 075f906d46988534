// Decides for one loop whether home may hand out its elements, with what confidence, and otherwise why not and what would
// help. Refuses what is sure to go wrong; what is only not known is accepted, because home tries it as a transaction.
import type { Confidence, LoopVerdict } from '@cellfarm/protocol';
import type { CellAnalysis } from '../analyse-cells.js';
import type { ChangeEvent, EffectEvent } from '../observations.js';
import type { RegionId } from '../regions.js';
import type { World } from '../world.js';
import type { LoopCandidate } from './candidate.js';

export interface Refusal {
  readonly code: string;
  readonly text: string;
  readonly fix: string | null;
}

export interface JudgedLoop {
  readonly candidate: LoopCandidate;
  readonly verdict: LoopVerdict;
  /** True when the user asked for the loop to be handed out, by decorator or role. */
  readonly asked: boolean;
}

function effectRefusal(event: EffectEvent, callee: string): Refusal | null {
  if (!event.certain) return null;
  switch (event.effect) {
    case 'rng':
      return {
        code: 'draws-random-numbers',
        text: `${callee} draws random numbers in the order of the loop (${event.text})`,
        fix: 'give each element its own generator, for example numpy.random.default_rng(seed + i)',
      };
    case 'io':
      if (event.readOnly) return null;
      return {
        code: 'writes-files',
        text: `${callee} works on files (${event.text})`,
        fix: 'return the data and write it after the loop',
      };
    case 'process':
      return {
        code: 'changes-process',
        text: `${callee} changes the process or starts others (${event.text})`,
        fix: 'do that before the loop',
      };
    case 'stdin':
      return { code: 'reads-stdin', text: `${callee} asks for input`, fix: 'ask before the loop' };
    case 'display':
    case 'unknown':
      return null;
  }
}

interface Reach {
  readonly item: ReadonlySet<RegionId>;
  readonly captured: ReadonlyMap<RegionId, string>;
}

function reachOf(candidate: LoopCandidate, world: World): Reach {
  const captured = new Map<RegionId, string>();
  for (const name of candidate.seen.reads.keys()) {
    if (candidate.targets.includes(name)) continue;
    for (const region of world.namespace.get(name)?.value.regions ?? [])
      if (!captured.has(region)) captured.set(region, name);
  }
  return { item: candidate.item.regions, captured };
}

/** A change that is sure to hit the item or something that all elements see. */
function changeRefusal(region: RegionId, event: ChangeEvent, reach: Reach, callee: string): Refusal | null {
  if (!event.certain) return null;
  if (reach.item.has(region)) {
    return {
      code: 'changes-argument',
      text: `${callee} changes its argument in place (${event.text})`,
      fix: 'work on a copy and return it',
    };
  }
  const name = reach.captured.get(region);
  if (name === undefined) return null;
  return {
    code: 'changes-shared',
    text: `${callee} changes ${name}, which all elements share (${event.text})`,
    fix: `return the change instead and apply it to ${name} after the loop`,
  };
}

function mayTouch(candidate: LoopCandidate, world: World, reach: Reach): boolean {
  const outside = new Set(
    [...reach.item, ...reach.captured.keys()].map((region) => world.regions.find(region)),
  );
  return [...candidate.seen.regionChanges].some(
    ([region, event]) => !event.certain && outside.has(world.regions.find(region)),
  );
}

function bodyRefusal(candidate: LoopCandidate, world: World): Refusal | null {
  const { seen, calleeText } = candidate;
  if (seen.barrier)
    return {
      code: 'not-understood',
      text: `${calleeText} is not understood: it ${seen.barrier.text}`,
      fix: 'leave that out of the function',
    };
  for (const [name] of [...seen.writes, ...seen.deletes]) {
    return {
      code: 'binds-global',
      text: `${calleeText} binds the notebook's name ${name}`,
      fix: `return the value of ${name} instead`,
    };
  }
  const accumulator = candidate.sharing;
  if (accumulator !== null) {
    return {
      code: 'reads-accumulator',
      text: `${calleeText} reads ${accumulator}, which the loop changes`,
      fix: `pass what it needs of ${accumulator} as an argument`,
    };
  }
  for (const callee of candidate.callee?.callees ?? []) {
    if (callee.kind !== 'function') continue;
    if (callee.generator)
      return {
        code: 'gives-generator',
        text: `${calleeText} is a generator: its work is done later`,
        fix: 'return a list',
      };
    if (callee.node.nodeType === 'AsyncFunctionDef')
      return {
        code: 'gives-coroutine',
        text: `${calleeText} is async: its work is done later`,
        fix: 'use a plain function',
      };
  }
  for (const event of seen.effects.values()) {
    const refusal = effectRefusal(event, calleeText);
    if (refusal) return refusal;
  }
  const reach = reachOf(candidate, world);
  for (const [region, event] of seen.regionChanges) {
    const refusal = changeRefusal(region, event, reach, calleeText);
    if (refusal) return refusal;
  }
  return null;
}

function cellRefusal(candidate: LoopCandidate, analysis: CellAnalysis): Refusal | null {
  const { prepared, cell } = analysis.parsed;
  if (cell.tags.role === 'sequential' || cell.tags.role === 'local') {
    return {
      code: 'role-sequential',
      text: `the cell has role ${cell.tags.role}`,
      fix: 'take the role away',
    };
  }
  if (analysis.seen.barrier)
    return {
      code: 'opaque-cell',
      text: `the cell ${analysis.seen.barrier.text}`,
      fix: 'move the loop to a cell of its own',
    };
  if (prepared.cellMagic)
    return {
      code: 'inside-cell-magic',
      text: `it runs inside %%${prepared.cellMagic.name}`,
      fix: `take %%${prepared.cellMagic.name} away`,
    };
  const { lineno, end_lineno: end } = candidate.node;
  for (let line = lineno; line <= end; line += 1) {
    if (prepared.magicLines.has(line))
      return {
        code: 'inside-magic',
        text: 'it stands on a line with a magic',
        fix: 'write it on a line of its own',
      };
  }
  if (end >= prepared.linesShiftFrom) {
    return {
      code: 'after-continued-magic',
      text: 'a magic before it goes over several lines',
      fix: 'write the magic on one line',
    };
  }
  return null;
}

/** What is said of a loop that stays at home. */
export function refusedVerdict(
  place: { readonly cell: number; readonly line: number },
  skeleton: LoopVerdict['skeleton'],
  { code, text, fix }: Refusal,
): LoopVerdict {
  return {
    ...place,
    skeleton,
    verdict: 'sequential',
    confidence: 'sequential',
    reason: { code, text },
    fix,
  };
}

/** Null for loops that nobody would want to hand out: those whose elements call no function of the notebook. */
export function judgeLoop(candidate: LoopCandidate, analysis: CellAnalysis, world: World): JudgedLoop | null {
  const byRole = analysis.cell.tags.role === 'map';
  const byClaim = candidate.callee?.claim?.skeleton === 'map';
  const asked = byRole || byClaim;
  const { callee } = candidate;
  const ofNotebook =
    callee !== null && (callee.callees.size > 0 || (callee.open && !candidate.calleeText.includes('.')));
  if (!asked && !ofNotebook) return null;
  const notTagged: Refusal = {
    code: 'not-tagged',
    text: 'nothing says that its elements may run in any order',
    fix: `decorate ${candidate.calleeText} with @cellfarm.map or give the cell the role map`,
  };
  const refusal = asked
    ? (cellRefusal(candidate, analysis) ?? candidate.obstacle ?? bodyRefusal(candidate, world))
    : notTagged;
  const place = { cell: analysis.cell.index, line: candidate.node.lineno };
  const skeleton = asked ? ('map' as const) : ('single' as const);
  if (refusal) return { candidate, asked, verdict: refusedVerdict(place, skeleton, refusal) };
  const doubtful =
    [...candidate.seen.effects.values()].some(
      (event) => event.effect === 'unknown' || (event.effect === 'rng' && !event.certain),
    ) || mayTouch(candidate, world, reachOf(candidate, world));
  const confidence: Confidence = doubtful ? 'asserted' : 'proved';
  const text = doubtful
    ? `${byClaim ? `${candidate.calleeText} is under @cellfarm.map` : 'the cell has the role map'}; what it calls is not known in full and is checked while it runs`
    : 'its elements share nothing that changes';
  return {
    candidate,
    asked,
    verdict: {
      ...place,
      skeleton,
      verdict: 'parallel',
      confidence,
      reason: { code: doubtful ? 'claimed' : 'independent-elements', text },
      fix: null,
    },
  };
}
