import { columnsOf, type Judgements } from "./effective-votes.ts";
import { sum } from "./numbers.ts";

/** How far apart two values are: `nominal` only whether they differ, `interval` the square of their difference. */
export type Metric = "nominal" | "interval";

/** Reliability of a whole panel. */
export interface Alpha {
  /** 1 perfect, 0 as if by chance, below 0 worse; null where nothing can be compared or no value ever varied. */
  readonly alpha: number | null;
  /** Items that at least two judged, and the values given to them. */
  readonly items: number;
  readonly values: number;
}

const DISTANCE: Readonly<Record<Metric, (a: number, b: number) => number>> = {
  nominal: (a, b) => (a === b ? 0 : 1),
  interval: (a, b) => (a - b) * (a - b),
};

/**
 * Krippendorff's alpha, 1 − D_o/D_e, for any number of judges and with gaps (Krippendorff 2011, Computing Krippendorff's
 * Alpha-Reliability): observed disagreement within items against that between all values of items that at least two judged.
 */
export function krippendorffAlpha(judgements: Judgements, metric: Metric): Alpha {
  columnsOf(judgements);
  const distance = DISTANCE[metric];
  const items = judgements.map((row) => row.filter((value) => value !== null)).filter(({ length }) => length > 1);
  const values = items.flat();
  const counts = { items: items.length, values: values.length };
  const expected = disagreement(values, distance) / (values.length - 1);
  if (items.length === 0 || expected === 0) return { ...counts, alpha: null };
  const observed = sum(items.map((row) => disagreement(row, distance) / (row.length - 1)));
  return { ...counts, alpha: 1 - observed / expected };
}

/** Sum of distances over ordered pairs of values, by how often each occurs. */
function disagreement(values: readonly number[], distance: (a: number, b: number) => number): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const found = [...counts];
  return sum(found.flatMap(([a, n]) => found.map(([b, m]) => n * m * distance(a, b))));
}
