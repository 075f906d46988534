// The clock of samples: milliseconds since 1970 as they were when this process began, and from there on without a step. Who sets the
// machine's clock back does not make later samples earlier ones; the service learns by how much this clock and its own differ.

export function steadyNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}
