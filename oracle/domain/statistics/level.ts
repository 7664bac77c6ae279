/**
 * Standard normal quantiles of the confidence levels that may be asked for, so that nothing has to compute a logarithm or an error
 * function, whose last bits differ between machines (Abramowitz and Stegun 1964, table 26.5, to double precision).
 */
const QUANTILES = {
  0.8: 0.8416212335729143,
  0.9: 1.2815515655446004,
  0.95: 1.6448536269514722,
  0.975: 1.959963984540054,
} as const;

/** One-sided confidence level: the part of cases in which the truth is at least the lower bound, if all assumptions hold. */
export type Level = keyof typeof QUANTILES;

/** All levels there are, ascending. */
export const LEVELS: readonly Level[] = [0.8, 0.9, 0.95, 0.975];

/** How many standard errors a one-sided bound at this level lies from the estimate. A two-sided interval of 95% takes 0.975. */
export function quantile(level: Level): number {
  if (!LEVELS.includes(level)) throw new RangeError(`level ${String(level)} is none of ${LEVELS.join(", ")}`);
  return QUANTILES[level];
}
