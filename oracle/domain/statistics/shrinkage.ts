import { InputError } from "../errors.ts";
import { checkRange, checkShare, checkWhole, clamp, mean, sampleVariance, sum } from "./numbers.ts";

/** What a provider's interviews came to, each 0 to 1. */
export interface Sample {
  readonly n: number;
  /** Null where n is 0. */
  readonly mean: number | null;
  /** Sample variance with n − 1 below; null where n is under 2. */
  readonly variance: number | null;
}

/** A mean and how uncertain it is. */
export interface Estimate {
  readonly mean: number;
  /** Variance of the mean itself, not of single values. */
  readonly variance: number;
}

/** A provider's estimate after shrinkage. */
export interface Shrunk extends Estimate {
  /** Its own mean, unshrunk. */
  readonly own: number;
  /** Part of the way from its own mean to the pool's that it was moved, 0 to 1. */
  readonly shrinkage: number;
}

/** All providers' estimates. */
export interface Shrinkage<T> {
  /** The mean of all, each weighted by how certain it is; null where there is nobody. */
  readonly centre: number | null;
  /** Estimated variance of the true means between providers, at least 0. */
  readonly between: number;
  readonly providers: readonly T[];
}

/** Fewest providers among whom anything is moved: with three, James and Stein's factor is 0. */
export const MIN_PROVIDERS = 4;

/** Variance of values of 0 to 1 is at most this (Popoviciu 1935). */
const MOST_VARIANCE = 0.25;

/** Count, mean and variance of values of 0 to 1. */
export function sampleOf(values: readonly number[]): Sample {
  for (const value of values) checkShare(value, "value");
  const n = values.length;
  return { n, mean: n === 0 ? null : mean(values), variance: n < 2 ? null : sampleVariance(values) };
}

/**
 * Empirical-Bayes estimates of the providers' true means from few interviews each. The variance of single interviews is pooled over
 * all providers, Σ(n−1)s² / Σ(n−1), with one more degree of freedom at the most there can be, 1/4: so ten unanimous interviews, or
 * one a provider, are not taken for certainty. Then as `shrinkEstimates`. A provider without an interview stays null: missing is
 * missing, and nothing is guessed from the others.
 */
export function shrinkSamples(samples: readonly Sample[]): Shrinkage<Shrunk | null> {
  samples.forEach(checkSample);
  const within = withinVariance(samples);
  const known = samples.flatMap(({ n, mean: own }) => (own === null ? [] : [{ mean: own, variance: within / n }]));
  const { providers, ...rest } = shrinkEstimates(known);
  let next = 0;
  return { ...rest, providers: samples.map(({ n }) => (n === 0 ? null : providers[next++]!)) };
}

/**
 * Shrinks estimates towards their common mean under the normal-normal model: Y_i ~ N(θ_i, V_i), θ_i ~ N(μ, A). A by the method of
 * moments (`betweenVariance`), μ by weights 1/(V_i + A), each moved by B_i = (k−3)/(k−1) · V_i/(V_i + A), and the variance that Morris gives,
 * which knows that A and μ are estimates too (Morris 1983, JASA 78:47–55, with r = 1). Where the means are no further apart than chance
 * would have them, A is 0 and all move by (k−3)/(k−1). At equal variances and A above 0 this is the estimator of James and Stein as
 * Efron and Morris 1975 use it. Fewer than 4 estimates stay where they are.
 * @param estimates their variances all above 0, or all 0: then nothing is uncertain and nothing moves
 */
export function shrinkEstimates(estimates: readonly Estimate[]): Shrinkage<Shrunk> {
  const k = estimates.length;
  if (k === 0) return { centre: null, between: 0, providers: [] };
  const between = betweenVariance(estimates);
  const weights = estimates.map(({ variance }) => (variance + between === 0 ? 1 : 1 / (variance + between)));
  const centre = weightedMean(
    estimates.map(({ mean: own }) => own),
    weights,
  );
  const typical = weightedMean(
    estimates.map(({ variance }) => variance),
    weights,
  );
  const factor = k < MIN_PROVIDERS ? 0 : (k - 3) / (k - 1);
  const providers = estimates.map(({ mean: own, variance }): Shrunk => {
    const shrinkage = variance === 0 ? 0 : (factor * variance) / (variance + between);
    if (shrinkage === 0) return { own, mean: own, variance, shrinkage };
    const away = own - centre;
    const unsure = (2 / (k - 3)) * shrinkage * shrinkage * ((typical + between) / (variance + between));
    const spread = variance * (1 - ((k - 1) / k) * shrinkage) + unsure * away * away;
    const moved = clamp(own - shrinkage * away, Math.min(own, centre), Math.max(own, centre));
    return { own, mean: moved, variance: spread, shrinkage };
  });
  return { centre, between, providers };
}

/**
 * Variance of the true means by the method of moments of DerSimonian and Laird 1986: (Q − (k−1)) / (Σw − Σw²/Σw) with w = 1/V and
 * Q = Σw(Y − Ȳ_w)², 0 where that is negative or there are fewer than two. Where all variances are 0, the means' own sample variance.
 */
export function betweenVariance(estimates: readonly Estimate[]): number {
  for (const { variance } of estimates) checkRange(variance, "variance", 0);
  const means = estimates.map(({ mean: own }) => checkRange(own, "mean", -Infinity));
  if (estimates.length < 2) return 0;
  const certain = estimates.filter(({ variance }) => variance === 0).length;
  if (certain === estimates.length) return sampleVariance(means);
  if (certain > 0) {
    throw new InputError("some variances are 0 and others are not", {
      field: "variance",
      limit: "all above 0, or all 0",
    });
  }
  const weights = estimates.map(({ variance }) => 1 / variance);
  const total = sum(weights);
  const middle = weightedMean(means, weights);
  const q = sum(means.map((own, i) => weights[i]! * (own - middle) * (own - middle)));
  const scale = total - sum(weights.map((weight) => weight * weight)) / total;
  return Math.max(0, (q - (estimates.length - 1)) / scale);
}

function withinVariance(samples: readonly Sample[]): number {
  const freedom = samples.reduce((total, { n }) => total + Math.max(0, n - 1), 0);
  const squares = sum(samples.map(({ n, variance }) => (variance === null ? 0 : (n - 1) * variance)));
  return (squares + MOST_VARIANCE) / (freedom + 1);
}

function weightedMean(values: readonly number[], weights: readonly number[]): number {
  const middle = sum(values.map((value, i) => value * weights[i]!)) / sum(weights);
  // Rounding must not carry it outside of what it is the mean of.
  return clamp(middle, Math.min(...values), Math.max(...values));
}

function checkSample({ n, mean: own, variance }: Sample): void {
  checkWhole(n, "n", 0);
  if ((own === null) !== (n === 0)) {
    throw new InputError("a mean without interviews, or none with them", { field: "mean", value: String(own) });
  }
  if (own !== null) checkShare(own, "mean");
  if ((variance === null) !== n < 2) {
    throw new InputError("a variance of fewer than two interviews, or none of more", {
      field: "variance",
      value: String(variance),
    });
  }
  // The largest sample variance of n values of 0 to 1 is n/(n−1) times the largest variance.
  if (variance !== null) checkRange(variance, "variance", 0, (MOST_VARIANCE * n) / (n - 1) + 1e-12);
}
