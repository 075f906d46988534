// How long to wait before a process is started again, and when to stop trying. Losses count in a row: a task that ends
// well for the first time ends the row.
const FIRST_MS = 250;
const MOST_MS = 30_000;

export interface Openings {
  /** Processes lost or refused since one made progress. */
  losses: number;
  /** No opening before this time. */
  notBefore: number;
}

export function newOpenings(): Openings {
  return { losses: 0, notBefore: 0 };
}

/** Ms to wait after the n-th loss in a row: 0, 250, 1000, 4000, 16 000, 30 000 … */
export function retryDelay(losses: number): number {
  return losses <= 1 ? 0 : Math.min(MOST_MS, FIRST_MS * 4 ** (losses - 2));
}

export function countLoss(openings: Openings, now: number): void {
  openings.losses += 1;
  openings.notBefore = now + retryDelay(openings.losses);
}

export function countProgress(openings: Openings): void {
  openings.losses = 0;
  openings.notBefore = 0;
}
