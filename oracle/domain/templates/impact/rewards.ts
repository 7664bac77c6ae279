import { weightedMetrics, type Figures, type Measured } from "./population.ts";
import type { ImpactSettings } from "./settings.ts";

interface Share {
  readonly id: string;
  readonly score: number;
}

/**
 * Rewards in cents by project id, after the published rule of Optimism's Retro Funding for on-chain builders. All sums run in a
 * fixed order (projects by id, metrics by name, shares from the smallest), so the order of rows and settings changes nothing.
 */
export function rewardsInCents(settings: ImpactSettings, population: readonly Measured[]): ReadonlyMap<string, number> {
  const ordered = population.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const scores = projectScores(settings, ordered);
  const allocations = allocate(
    settings,
    ordered.map(({ id }, index) => ({ id, score: scores[index]! })),
  );
  return new Map(ordered.map(({ id }) => [id, roundHalfEven((allocations.get(id) ?? 0) * 100)]));
}

/** Scores, normalised to sum 1; all 0 where none is above 0. */
export function projectScores(settings: ImpactSettings, population: readonly Measured[]): number[] {
  const columns = weightedColumns(settings, population);
  const { tvl_maximum: maximum } = settings.simulation;
  const scores = population.map(({ totalValueLocked }, index) => {
    if (maximum > 0 && totalValueLocked > maximum) return 0;
    const squares = columns.reduce((sum, column) => sum + column[index]! * column[index]!, 0);
    return Math.sqrt(squares / columns.length);
  });
  const total = scores.reduce((sum, score) => sum + score, 0);
  return total === 0 ? scores : scores.map((score) => score / total);
}

/**
 * Caps values at a percentile (0 to 100, interpolated linearly between order statistics) and maps the smallest to 0, the largest
 * to 1; all ones where they are equal.
 */
export function scaleToUnit(values: readonly number[], percentileCap: number): number[] {
  const cap = percentileCap < 100 ? percentile(values, percentileCap) : Infinity;
  const capped = values.map((value) => Math.min(value, cap));
  const least = capped.reduce((low, value) => Math.min(low, value), Infinity);
  const most = capped.reduce((high, value) => Math.max(high, value), -Infinity);
  return capped.map((value) => (most === least ? 1 : (value - least) / (most - least)));
}

/**
 * Splits the budget by score, in tokens not yet rounded: nobody gets more than the largest share; what falls below the minimum
 * is nothing; then the budget less the capped amounts is split once more among those neither capped nor below.
 */
export function allocate({ allocation }: ImpactSettings, shares: readonly Share[]): ReadonlyMap<string, number> {
  const { budget, min_amount_per_project: minimum, max_share_per_project: maxShare } = allocation;
  const most = maxShare * budget;
  const first = [...splitDown(shares, budget, most)].map(([id, amount]): [string, number] => [
    id,
    amount < minimum ? 0 : amount,
  ]);
  const capped = first.filter(([, amount]) => amount >= most);
  const open = first.filter(([, amount]) => amount < most).map(([id, score]) => ({ id, score }));
  const left = capped.reduce((rest, [, amount]) => rest - amount, budget);
  return new Map([...first, ...splitDown(open, left, most)]);
}

/** Goes down the scores: each gets its proportional part of what is left, at most `most`. */
function splitDown(shares: readonly Share[], budget: number, most: number): Map<string, number> {
  const ordered = shares.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  const totals = suffixSums(ordered.map(({ score }) => score));
  let left = budget;
  return new Map(
    ordered.map(({ id, score }, index) => {
      const amount = Math.min((score / totals[index]!) * left, most);
      left -= amount;
      return [id, amount];
    }),
  );
}

/** The sum of each value and all after it, from the end, so that no value ever exceeds the sum it is divided by. */
function suffixSums(values: readonly number[]): number[] {
  let sum = 0;
  return values
    .toReversed()
    .map((value) => (sum += value))
    .reverse();
}

/** One column for each metric and variant: scaled to 0–1, times both weights. */
function weightedColumns(settings: ImpactSettings, population: readonly Measured[]): number[][] {
  const { metrics, metric_variants: weights, percentile_cap: cap } = settings.simulation;
  return weightedMetrics(settings).flatMap((metric, place) => {
    const figures = population.map((project) => project.figures[place]!);
    return VARIANTS.map(([variant, valueOf]) => {
      const weight = metrics[metric]! * weights[variant];
      return scaleToUnit(figures.map(valueOf), cap).map((value) => value * weight);
    });
  });
}

const VARIANTS = [
  ["adoption", ({ current }: Figures): number => current],
  ["growth", ({ previous, current }: Figures): number => Math.max(current - previous, 0)],
  ["retention", ({ previous, current }: Figures): number => Math.min(previous, current)],
] as const;

function percentile(values: readonly number[], percent: number): number {
  const ordered = values.toSorted((a, b) => a - b);
  const place = (ordered.length - 1) * (percent / 100);
  const below = Math.floor(place);
  const left = ordered[below]!;
  const right = ordered[below + 1] ?? left;
  const part = place - below;
  // From the nearer end, as the published computation does.
  return part < 0.5 ? left + (right - left) * part : right - (right - left) * (1 - part);
}

/** The nearest integer, a half going to the even one, as the published computation rounds. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
