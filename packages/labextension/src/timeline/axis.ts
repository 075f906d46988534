// Where the marks of a time axis stand: round steps, some six of them. Pure.

/** Seconds between marks that people read easily. */
const STEPS = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400,
];
const MARKS = 6;

/** Milliseconds from 0 to `span`, both sides included where they are round. */
export function axisMarks(span: number): number[] {
  const wanted = span / 1000 / MARKS;
  const step = 1000 * (STEPS.find((candidate) => candidate >= wanted) ?? 86_400);
  const marks = Math.floor(span / step + 1e-9);
  return Array.from({ length: marks + 1 }, (_, at) => at * step);
}

/** "0:12" or, on a short axis, "1.5 s". */
export function markLabel(ms: number, span: number): string {
  if (span <= 15_000) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
