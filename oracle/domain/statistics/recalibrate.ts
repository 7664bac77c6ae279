import type { Checked } from "./calibration.ts";
import { checkShare, checkWhole, clamp, mean, sum } from "./numbers.ts";

/** A correction of confidences: a line through (`confidence`, `accuracy`) whose slope is at least 0. */
export interface Calibration {
  readonly labels: number;
  /** Mean confidence of the labelled answers. */
  readonly confidence: number;
  /** Part of them that was correct, by the rule of succession. */
  readonly accuracy: number;
  readonly slope: number;
}

/** With fewer labels nothing is corrected, where not said. */
export const MIN_LABELS = 20;

/** What is thought of a slope before any label: anything from 0 (confidence says nothing) to 1 (worth what it says). */
const PRIOR = { mean: 1 / 2, variance: 1 / 12 } as const;

/**
 * Fits a correction of a judge's confidences from few labels; null with fewer than `minLabels`. Two numbers only, for 100 labels
 * carry no more: the part correct, (correct + 1)/(n + 2) as Laplace has it, and the slope of correct on confidence by least squares,
 * drawn towards 1/2 by a normal prior as wide as a uniform one of 0 to 1 (Bayesian linear regression; Lindley and Smith 1972), not
 * below 0. A histogram or isotonic fit would have to tell more apart: a group of 20 labels is off by some 10 points by chance alone.
 * The labels have to be a random slice.
 */
export function fitCalibration(checked: readonly Checked[], minLabels: number = MIN_LABELS): Calibration | null {
  checkWhole(minLabels, "minLabels", 1);
  const said = checked.map(({ confidence }) => checkShare(confidence, "confidence"));
  const labels = checked.length;
  if (labels < minLabels) return null;
  const right = checked.map(({ correct }) => (correct ? 1 : 0));
  const [confidence, share] = [mean(said), mean(right)];
  const accuracy = (labels * share + 1) / (labels + 2);
  const noise = accuracy * (1 - accuracy);
  const spread = sum(said.map((x) => (x - confidence) * (x - confidence)));
  const together = sum(said.map((x, i) => (x - confidence) * (right[i]! - share)));
  const slope = (together / noise + PRIOR.mean / PRIOR.variance) / (spread / noise + 1 / PRIOR.variance);
  return { labels, confidence, accuracy, slope: Math.max(0, slope) };
}

/** The corrected confidence, 0 to 1. Never falls as the confidence rises. */
export function calibrate({ confidence, accuracy, slope }: Calibration, said: number): number {
  return clamp(accuracy + slope * (checkShare(said, "confidence") - confidence), 0, 1);
}
