import { quantile, type Level } from "./level.ts";
import { checkShare, clamp, mean, sampleVariance, sum } from "./numbers.ts";

/** An item of the audited slice: what the judge said and what people found, both 0 to 1. */
export interface Labelled {
  readonly judged: number;
  readonly label: number;
}

/** A mean corrected by labels. */
export interface CorrectedMean {
  /** 0 to 1; null without a label, for nothing says how wrong the judge is. */
  readonly mean: number | null;
  /** Null with fewer than two labels. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly standardError: number | null;
  /** How much the judge was trusted beyond the labels, 0 (labels alone) to 1. */
  readonly trust: number;
  readonly labels: number;
  readonly unlabelled: number;
}

/** `full` trusts the judge as it is and only takes off its mean error; `tuned` no more than its labels say it deserves. */
export type Trust = "full" | "tuned";

/**
 * Mean of what people would have found over all items, from many judged items and few that people labelled too: prediction-powered
 * inference (Angelopoulos et al. 2023, Science 382:669–674), λ·mean(f unlabelled) + mean(y − λ·f labelled), its variance
 * s²(y − λf)/n + λ²·s²(f)/N, and a normal interval. λ = 1, or power-tuned to cov(y, f) / ((1 + n/N)·s²(f)) within 0 to 1 (PPI++,
 * Angelopoulos, Duchi and Zrnic 2023, arXiv 2311.01453): then never much wider than labels alone. Without unlabelled items it is
 * the classical mean. Right only where the labelled items are a random slice (`integrity/audit-slice.ts`); with fewer than some 30 labels a normal
 * interval is too short.
 * @param unlabelled what the judge said about each item that has no label
 * @param level one-sided: 0.975 gives the usual two-sided interval of 95%
 */
export function correctedMean(
  unlabelled: readonly number[],
  labelled: readonly Labelled[],
  level: Level,
  how: Trust = "tuned",
): CorrectedMean {
  for (const judged of unlabelled) checkShare(judged, "judged");
  for (const { judged, label } of labelled) {
    checkShare(judged, "judged");
    checkShare(label, "label");
  }
  const z = quantile(level);
  const [n, more] = [labelled.length, unlabelled.length];
  const counts = { labels: n, unlabelled: more };
  if (n === 0) return { ...counts, mean: null, interval: null, standardError: null, trust: 0 };
  const spread = more === 0 ? 0 : sampleVariance([...unlabelled, ...labelled.map(({ judged }) => judged)]);
  const trust = trustOf(how, labelled, more, spread);
  const rest = labelled.map(({ judged, label }) => label - trust * judged);
  const middle = mean(rest) + (more === 0 ? 0 : trust * mean(unlabelled));
  const corrected = clamp(middle, 0, 1);
  if (n < 2) return { ...counts, mean: corrected, interval: null, standardError: null, trust };
  const variance = sampleVariance(rest) / n + (more === 0 ? 0 : (trust * trust * spread) / more);
  const standardError = Math.sqrt(variance);
  const interval = { low: clamp(middle - z * standardError, 0, 1), high: clamp(middle + z * standardError, 0, 1) };
  return { ...counts, mean: corrected, interval, standardError, trust };
}

/** λ: 0 where there is nothing to gain, or where a single label says nothing about how labels and judge go together. */
function trustOf(how: Trust, labelled: readonly Labelled[], more: number, spread: number): number {
  const n = labelled.length;
  if (more === 0) return 0;
  if (how === "full") return 1;
  if (n < 2 || spread === 0) return 0;
  const [judged, label] = [mean(labelled.map((one) => one.judged)), mean(labelled.map((one) => one.label))];
  const together = sum(labelled.map((one) => (one.judged - judged) * (one.label - label))) / (n - 1);
  return clamp(together / ((1 + n / more) * spread), 0, 1);
}
