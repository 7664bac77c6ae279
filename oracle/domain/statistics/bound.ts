import { quantile, type Level } from "./level.ts";
import { checkRange, checkShare, checkWhole, clamp } from "./numbers.ts";
import type { Estimate } from "./shrinkage.ts";

/** Which way is good. */
export type Better = "higher" | "lower";

/** A score in two parts: what is paid at once, and what waits for a follow-up. All 0 to 1. */
export interface HoldBack {
  readonly payable: number;
  readonly heldBack: number;
}

/**
 * The end of a normal interval that is bad for the provider, kept within 0 to 1: the estimate less z standard errors where higher
 * is better, plus where lower is. The truth is better than the bound in `level` of cases, as far as a normal distribution fits; for
 * bare proportions of few cases it does not, see `wilsonBound`.
 */
export function cautiousBound({ mean, variance }: Estimate, level: Level, better: Better = "higher"): number {
  const away = quantile(level) * Math.sqrt(checkRange(variance, "variance", 0));
  return clamp(checkShare(mean, "mean") + (better === "higher" ? -away : away), 0, 1);
}

/**
 * The same end of the score interval of a proportion (Wilson 1927, JASA 22:209–212): honest for few cases and near 0 and 1, where
 * the normal interval is too short.
 * @param share 0 to 1, need not be a whole number of cases
 * @param n cases, at least 1
 */
export function wilsonBound(share: number, n: number, level: Level, better: Better = "higher"): number {
  checkShare(share, "share");
  checkWhole(n, "n", 1);
  const z = quantile(level);
  const [middle, spread] = [share + (z * z) / (2 * n), (share * (1 - share)) / n + (z * z) / (4 * n * n)];
  const away = z * Math.sqrt(spread);
  return clamp((middle + (better === "higher" ? -away : away)) / (1 + (z * z) / n), 0, 1);
}

/**
 * Pays on the cautious bound and keeps the rest of the estimate for a follow-up. Both are of scores of which more is better; a bound
 * above the estimate, as Wilson's is near 0, pays no more than the estimate.
 */
export function holdBack(estimate: number, bound: number): HoldBack {
  const payable = Math.min(checkShare(estimate, "estimate"), checkShare(bound, "bound"));
  return { payable, heldBack: estimate - payable };
}

/**
 * What of the held-back part a follow-up frees: by as much as its bound, from all interviews so far, is above what was paid. Never
 * more than was held back; what was paid is not asked back.
 * @param bound the cautious bound at the follow-up
 */
export function release({ payable, heldBack }: HoldBack, bound: number): number {
  return clamp(checkShare(bound, "bound") - payable, 0, heldBack);
}
