/** A knot of a payout curve: score x pays y, both in basis points. */
export interface Knot {
  readonly x: number;
  readonly y: number;
}

/** Most knots a curve may have. */
export const MAX_KNOTS = 8;

/**
 * Pay for a score, both in basis points of 10,000: piecewise linear between knots, flat outside them, the later y at equal x,
 * interpolation rounded down; no knots means identity.
 */
export function payFor(curve: readonly Knot[], score: number): number {
  if (curve.length === 0) return score;
  let at = 0;
  for (let next = 1; next < curve.length; next++) if (score >= curve[next]!.x) at = next;
  const left = curve[at]!;
  const right = curve[at + 1];
  if (score <= left.x || right === undefined) return left.y;
  return left.y + Math.floor(((score - left.x) * (right.y - left.y)) / (right.x - left.x));
}
