import {
  add,
  compare,
  divide,
  floor,
  multiply,
  rational,
  roundHalfUp,
  subtract,
  type Rational,
} from "../../rational.ts";

/** A measure as the programme publishes it: the common start of its columns, and how its score column ends. */
export interface Measure {
  readonly name: string;
  readonly score: "Measure Score" | "Dimension Score";
}

/** What points are computed from; null where the programme publishes none. */
export interface Rates {
  readonly threshold: Rational | null;
  readonly benchmark: Rational | null;
  readonly baseline: Rational | null;
  readonly performance: Rational | null;
}

export const MOST_ACHIEVEMENT_POINTS = 10;
export const MOST_IMPROVEMENT_POINTS = 9;

export const CLINICAL_MEASURES = measures("Measure Score", [
  "MORT-30-AMI",
  "MORT-30-HF",
  "MORT-30-PN",
  "MORT-30-COPD",
  "MORT-30-CABG",
  "COMP-HIP-KNEE",
]);

export const EFFICIENCY_MEASURES = measures("Measure Score", ["MSPB-1"]);

/** HAI-3 and HAI-4 enter the domain only through the combined SSI score. */
export const SAFETY_MEASURES = measures("Measure Score", ["HAI-1", "HAI-2", "HAI-3", "HAI-4", "HAI-5", "HAI-6"]);

export const DIMENSIONS = measures("Dimension Score", [
  "Communication With Nurses",
  "Communication With Doctors",
  "Responsiveness Of Hospital Staff",
  "Care Transition",
  "Communication About Medicines",
  "Cleanliness And Quietness Of Hospital Environment",
  "Discharge Information",
  "Overall Rating Of Hospital",
]);

/** The seven columns of a measure that the recomputation reads. */
export function columnsOf({ name, score }: Measure): readonly string[] {
  const figures = ["Achievement Threshold", "Benchmark", "Baseline Rate", "Performance Rate"];
  return [...figures, "Achievement Points", "Improvement Points", score].map((figure) => `${name} ${figure}`);
}

/**
 * Achievement points, 0 to 10: 10 at or beyond the benchmark, 0 short of the threshold, else 9·(P − T)/(B − T) + 0.5 rounded half
 * up (42 CFR 412.165). Null where performance, threshold or benchmark is missing.
 */
export function achievementPoints({ threshold, benchmark, performance }: Rates): number | null {
  if (threshold === null || benchmark === null || performance === null) return null;
  if (reaches(performance, benchmark, threshold, benchmark)) return MOST_ACHIEVEMENT_POINTS;
  if (!reaches(performance, threshold, threshold, benchmark)) return 0;
  const share = divide(subtract(performance, threshold), subtract(benchmark, threshold));
  return clamp(roundHalfUp(add(multiply(rational(9), share), rational(1, 2))), MOST_ACHIEVEMENT_POINTS);
}

/**
 * Improvement points, 0 to 9: 0 unless performance beats the baseline, 9 where it does and is at or beyond the benchmark, else
 * 10·(P − base)/(B − base) − 0.5 rounded half up (42 CFR 412.165). Null where any of the four rates is missing.
 */
export function improvementPoints({ threshold, benchmark, baseline, performance }: Rates): number | null {
  if (threshold === null || benchmark === null || baseline === null || performance === null) return null;
  if (reaches(baseline, performance, threshold, benchmark)) return 0;
  if (reaches(performance, benchmark, threshold, benchmark)) return MOST_IMPROVEMENT_POINTS;
  const share = divide(subtract(performance, baseline), subtract(benchmark, baseline));
  // Rounding half up after taking 0.5 off is rounding down.
  return clamp(floor(multiply(rational(10), share)), MOST_IMPROVEMENT_POINTS);
}

/** A measure's score: the larger of both kinds of points; null where there are neither. */
export function measureScore(achievement: number | null, improvement: number | null): number | null {
  if (achievement === null || improvement === null) return achievement ?? improvement;
  return Math.max(achievement, improvement);
}

/** Whether a rate is as good as a mark or better; good is up where the benchmark is above the threshold. */
function reaches(rate: Rational, mark: Rational, threshold: Rational, benchmark: Rational): boolean {
  const difference = compare(rate, mark);
  return compare(benchmark, threshold) > 0 ? difference >= 0 : difference <= 0;
}

function clamp(points: bigint, most: number): number {
  return Math.min(Math.max(Number(points), 0), most);
}

function measures(score: Measure["score"], names: readonly string[]): readonly Measure[] {
  return names.map((name) => ({ name, score }));
}
