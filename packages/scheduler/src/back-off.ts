// How long to wait before a process is started again, and when to stop trying. Losses count in a row: a task that ends
// well for the first time ends the row.
const FIRST_MS = 250;
const MOST_MS = 30_000;

export interface Openings {
  /** Processes lost or refused since one made progress. */
  losses: number;
  /** No opening before this time. */
  notBefore: number;
  /** Number of the event that was counted last. */
  lastLoss: number;
}

export function newOpenings(): Openings {
  return { losses: 0, notBefore: 0, lastLoss: 0 };
}

/** Ms to wait after the n-th loss in a row: 0, 250, 1000, 4000, 16 000, 30 000 … */
function retryDelay(losses: number): number {
  return losses <= 1 ? 0 : Math.min(MOST_MS, FIRST_MS * 4 ** (losses - 2));
}

/** A slot that was opened before the last loss tells nothing new: many are lost at once when an agent ends. */
export function countLoss(
  openings: Openings,
  slot: { readonly openedBy: number },
  at: { readonly event: number; readonly now: number },
): void {
  if (slot.openedBy < openings.lastLoss) return;
  openings.lastLoss = at.event;
  openings.losses += 1;
  openings.notBefore = at.now + retryDelay(openings.losses);
}

export function countProgress(openings: Openings): void {
  openings.losses = 0;
  openings.notBefore = 0;
}
