// Decides whether a whole cell may leave home, what has to be sent with it and what comes back; else why it stays.
import type { CellPlan, Effect } from '@cellfarm/protocol';
import { readsFromBefore } from './cell-facts.js';
import type { CellAnalysis } from './analyse-cells.js';

export type Leaving =
  | { readonly kind: 'home' }
  | { readonly kind: 'away'; readonly ship: NonNullable<CellPlan['ship']>; readonly trains: boolean }
  | { readonly kind: 'refused'; readonly reason: string; readonly fix: string; readonly line: number | null };

const ALLOWED_EFFECTS: ReadonlySet<Effect> = new Set(['display']);
/** A training cell brings random generators and settings back; what it does to files is stopped while it runs. */
const ALLOWED_IN_TRAINING: ReadonlySet<Effect> = new Set(['display', 'rng', 'unknown']);

function refused(reason: string, fix: string, line: number | null = null): Leaving {
  return { kind: 'refused', reason, fix, line };
}

/** What is known of the notebook beside the cell. */
export interface Around {
  /** A cell before ran code out of sight, so that names may share objects that nobody knows of. */
  readonly hiddenCode: boolean;
  /** It imports a framework whose training can be shared out. */
  readonly trainable: boolean;
}

export function mayLeave(analysis: CellAnalysis, { hiddenCode, trainable }: Around): Leaving {
  const { tags } = analysis.cell;
  const trains = tags.role === 'train' && trainable;
  if (
    (!trains && (tags.target === 'auto' || tags.target === 'local')) ||
    ['local', 'sequential', 'skip'].includes(tags.role)
  )
    return { kind: 'home' };
  // A map cell stays: its elements leave.
  if (tags.role === 'map') return { kind: 'home' };
  if (analysis.status !== 'ok')
    return refused(
      `it is not understood: ${analysis.opaque ?? ''}`,
      'Move what is understood to a cell of its own.',
    );
  if (analysis.parsed.prepared.cellMagic || analysis.parsed.prepared.magics.length > 0)
    return refused('it holds magics', 'Move them to a cell of their own.');
  for (const event of analysis.seen.effects.values()) {
    if ((trains ? ALLOWED_IN_TRAINING : ALLOWED_EFFECTS).has(event.effect)) continue;
    if (trains && event.effect === 'io' && (event.readOnly || !event.certain)) continue;
    return refused(
      `it may do more than compute (${event.text})`,
      'Keep such calls in a cell at home.',
      event.line,
    );
  }
  const shadow = [...analysis.seen.reads.values()].find((event) => event.unbound);
  if (shadow) return refused('it reads a name that nothing defines', 'Define the name before.', shadow.line);
  if (analysis.seen.deletes.size > 0) return refused('it deletes names', 'Delete names in a cell at home.');
  if (hiddenCode && analysis.changes.size > 0) {
    return refused(
      'it changes objects that hidden code before may have shared',
      'Move exec, globals() and the like behind it.',
    );
  }
  const inputs = new Set(
    [...analysis.seen.reads]
      .filter(([, event]) => readsFromBefore(event, analysis.cell.index))
      .map(([name]) => name),
  );
  const outputs = new Set([...analysis.seen.writes.keys(), ...analysis.changes.keys()]);
  // What is changed in place comes back as one region, with every name that may share in it.
  const touched = new Set([...analysis.changes.keys()].flatMap((name) => [...analysis.regionsOf(name)]));
  for (const name of analysis.sharing(touched)) {
    if (analysis.isCode(name))
      return refused(`it changes ${name}, which is code that stays at home`, 'Change it in a cell at home.');
    outputs.add(name);
    if (!analysis.seen.writes.has(name)) inputs.add(name);
  }
  return { kind: 'away', ship: { inputs: [...inputs].sort(), outputs: [...outputs].sort() }, trains };
}
