// Measures how long something took, on the clock that never jumps.

/** Returns a function that tells the milliseconds since now. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => Math.round((performance.now() - start) * 1000) / 1000;
}
