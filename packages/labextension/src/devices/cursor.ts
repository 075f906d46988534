// The cursor over all lanes: where a mouse points, and where a key moves it. Pure; times in milliseconds since the run began.

/** The part of a chart's scale that is needed to read it backwards. */
export interface Axis {
  readonly left: number;
  readonly width: number;
  readonly x: (ms: number) => number;
}

const STEP_MS = 1_000;

/** The time at a place of the axis; null left or right of it. */
export function timeAt(scale: Axis, x: number, end: number): number | null {
  if (x < scale.left || x > scale.left + scale.width || x > scale.x(end)) return null;
  let [from, to] = [0, end];
  for (let step = 0; step < 40; step += 1) {
    const middle = (from + to) / 2;
    if (scale.x(middle) < x) from = middle;
    else to = middle;
  }
  return Math.round(to);
}

/** Undefined for a key that does not move it; null is back at now. */
export function cursorAfterKey(key: string, cursor: number | null, end: number): number | null | undefined {
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, (cursor ?? end) - STEP_MS);
    case 'ArrowRight':
      return cursor === null || cursor + STEP_MS >= end ? null : cursor + STEP_MS;
    case 'Home':
      return 0;
    case 'End':
    case 'Escape':
      return cursor === null && key === 'Escape' ? undefined : null;
    default:
      return undefined;
  }
}
