/** A point of a curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Slope of the line that fits best by least squares; 0 for fewer than two different places. */
export function slopeOf(points: readonly Point[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  if (points.length < 2 || spread === 0) return 0;
  return points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
}
