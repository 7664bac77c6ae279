import { InputError } from "../errors.ts";
import { checkRange, checkShare, clamp } from "./numbers.ts";

/** What a criterion's value is measured against, all in its own unit. Where less is better, the benchmark is below the threshold. */
export interface Standards {
  /** From here on, achievement counts. */
  readonly threshold: number;
  /** Here achievement is full. */
  readonly benchmark: number;
  /** The provider's own earlier value; null where it has none. */
  readonly baseline: number | null;
}

/** Both ways to earn, and the better one; all 0 to 1, null where it cannot be said. */
export interface Achieved {
  readonly achievement: number | null;
  readonly improvement: number | null;
  readonly score: number | null;
}

/** The most that improvement earns where not said: 9 of 10 points, as in the hospital programme. */
export const MOST_IMPROVEMENT = 0.9;

/**
 * The larger of achievement and improvement (Medicare's hospital value-based purchasing, 42 CFR 412.160–165), linear instead of in
 * whole points: achievement is how far the value got from threshold to benchmark, improvement how far from the provider's own baseline
 * to the benchmark, at most `mostImprovement`. A baseline at the benchmark or better leaves nothing to improve. Without a value both
 * are null; without a baseline achievement stands alone.
 */
export function achievementOrImprovement(
  value: number | null,
  { threshold, benchmark, baseline }: Standards,
  mostImprovement: number = MOST_IMPROVEMENT,
): Achieved {
  checkShare(mostImprovement, "mostImprovement");
  const ends = [checkRange(threshold, "threshold", -Infinity), checkRange(benchmark, "benchmark", -Infinity)];
  if (ends[0] === ends[1]) {
    const limit = `another value than the threshold, ${threshold}`;
    throw new InputError("threshold and benchmark are the same", {
      field: "benchmark",
      value: String(benchmark),
      limit,
    });
  }
  if (baseline !== null) checkRange(baseline, "baseline", -Infinity);
  if (value === null) return { achievement: null, improvement: null, score: null };
  checkRange(value, "value", -Infinity);
  const achievement = clamp((value - threshold) / (benchmark - threshold), 0, 1);
  if (baseline === null) return { achievement, improvement: null, score: achievement };
  const improvable = benchmark > threshold ? baseline < benchmark : baseline > benchmark;
  const improvement = improvable ? clamp((value - baseline) / (benchmark - baseline), 0, mostImprovement) : 0;
  return { achievement, improvement, score: Math.max(achievement, improvement) };
}

/** A score of which less is better, 0 to 1, turned so that more is; null stays null. */
export function turned(score: number | null): number | null {
  return score === null ? null : 1 - checkShare(score, "score");
}
