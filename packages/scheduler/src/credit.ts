// How many tasks one slot has in flight: enough to hide the way there and back, few enough that slots end together.

/** Ms of work that hides the latency; a slot whose tasks take this long gets one at a time. */
const ENOUGH_MS = 20;
/** While nothing is known of the durations: one running, one on its way. */
const UNKNOWN_WINDOW = 2;

export interface CreditQuestion {
  /** Ready tasks that no slot has yet. */
  readonly ready: number;
  /** Slots that share them. */
  readonly slots: number;
  /** Mean duration in ms; null: unknown. */
  readonly meanMs: number | null;
  /** Most tasks in flight in one slot. */
  readonly most: number;
}

/** Tasks that a slot may have in flight, at least 1. */
export function creditWindow({ ready, slots, meanMs, most }: CreditQuestion): number {
  const fair = Math.ceil(ready / (2 * Math.max(1, slots)));
  const hides =
    meanMs === null ? UNKNOWN_WINDOW : meanMs * most <= ENOUGH_MS ? most : Math.ceil(ENOUGH_MS / meanMs);
  return Math.max(1, Math.min(fair, hides, most));
}
