// Curves of samples as SVG paths: broken where nothing was sampled, at most one point a pixel, the highest of what falls on it. Pure.

/** In pixels from the left, and as a share of the height. */
export interface CurvePoint {
  readonly x: number;
  readonly share: number;
}

/** Samples that are further apart than this are not joined, in milliseconds. */
const GAP_MS = 3_500;

/** Pieces of a curve that are joined. */
export function pieces(
  samples: readonly { readonly at: number; readonly share: number | null }[],
  x: (ms: number) => number,
): CurvePoint[][] {
  const found: CurvePoint[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { at, share } of samples) {
    if (share === null) continue;
    const point = { x: Math.round(x(at)), share: Math.min(1, Math.max(0, share)) };
    let piece = found.at(-1);
    if (piece === undefined || at - last > GAP_MS) {
      piece = [];
      found.push(piece);
    }
    last = at;
    const before = piece.at(-1);
    if (before?.x !== point.x) piece.push(point);
    else if (point.share > before.share) piece[piece.length - 1] = point;
  }
  return found;
}

/** @param top y of a share of 1, @param bottom y of 0 */
export function linePath(found: readonly CurvePoint[][], top: number, bottom: number): string {
  return found.map((piece) => `M${through(piece, top, bottom)}`).join('');
}

export function areaPath(found: readonly CurvePoint[][], top: number, bottom: number): string {
  return found
    .map((piece) => {
      const first = piece[0]?.x ?? 0;
      const last = piece.at(-1)?.x ?? first;
      return `M${first} ${bottom}L${through(piece, top, bottom)}L${Math.max(last, first + 1)} ${bottom}z`;
    })
    .join('');
}

function through(piece: readonly CurvePoint[], top: number, bottom: number): string {
  const y = (share: number): string => (bottom - share * (bottom - top)).toFixed(1);
  const points = piece.map(({ x, share }) => `${x} ${y(share)}`);
  // a single sample is seen as a short stroke
  if (piece.length === 1) points.push(`${(piece[0]?.x ?? 0) + 1} ${y(piece[0]?.share ?? 0)}`);
  return points.join('L');
}
