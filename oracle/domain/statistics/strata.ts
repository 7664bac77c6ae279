import { InputError } from "../errors.ts";
import { checkShare, checkWhole, clamp, sum } from "./numbers.ts";

/** A provider's cases of one stratum, such as an age group or a severity. */
export interface StratumResult {
  readonly stratum: string;
  /** At least 1. */
  readonly n: number;
  /** Mean score of these cases, 0 to 1, more being better. */
  readonly mean: number;
}

/** A provider's score at the pool's mix of cases. */
export interface Standardised {
  /** 0 to 1; null where its strata cover too little of the pool's mix. */
  readonly score: number | null;
  /** Its mean at its own mix; null where it has no cases. */
  readonly crude: number | null;
  /** Part of the pool's cases that lies in strata in which it has cases. */
  readonly covered: number;
  /** Strata in which it has none, in order. */
  readonly missing: readonly string[];
}

/** Part of the pool's mix that a provider's strata have to cover where not said. */
export const MIN_COVERED = 0.5;

interface PoolStratum {
  readonly stratum: string;
  readonly share: number;
  readonly mean: number;
}

/**
 * Direct standardisation: each provider's mean per stratum, weighted by the pool's mix of cases, so that nobody gains by choosing
 * easy ones (Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, chapter 19). A stratum in which a provider has no
 * cases is not left out, which would let it drop the hard ones, nor filled as good: it counts as the pool's mean there, less the
 * provider's own average shortfall in its other strata, and never more than the pool's mean. With less than `minCovered` of the
 * mix covered, nothing can be said: null.
 * @param providers each with its strata, each stratum at most once
 */
export function standardise(
  providers: readonly (readonly StratumResult[])[],
  minCovered: number = MIN_COVERED,
): Standardised[] {
  checkShare(minCovered, "minCovered");
  providers.forEach(check);
  const pool = poolStrata(providers.flat());
  return providers.map((results) =>
    standardiseOne(new Map(results.map((one) => [one.stratum, one])), pool, minCovered),
  );
}

function standardiseOne(own: ReadonlyMap<string, StratumResult>, pool: readonly PoolStratum[], minCovered: number) {
  const missing = pool.filter(({ stratum }) => !own.has(stratum)).map(({ stratum }) => stratum);
  const had = pool.filter(({ stratum }) => own.has(stratum));
  // All of them make 1, which adding them up need not.
  const covered = had.length > 0 && missing.length === 0 ? 1 : sum(had.map(({ share }) => share));
  const cases = [...own.values()];
  const crude = cases.length === 0 ? null : meanOf(cases);
  if (cases.length === 0 || covered < minCovered) return { score: null, crude, covered, missing };
  const better = sum(had.map(({ stratum, share, mean }) => share * (own.get(stratum)!.mean - mean))) / covered;
  const parts = pool.map(({ stratum, share, mean }) => {
    const result = own.get(stratum);
    return share * (result === undefined ? clamp(mean + Math.min(0, better), 0, 1) : result.mean);
  });
  return { score: clamp(sum(parts), 0, 1), crude, covered, missing };
}

/** Every stratum's part of all cases and mean over all of these, in order of name. */
function poolStrata(results: readonly StratumResult[]): PoolStratum[] {
  const all = results.reduce((total, { n }) => total + n, 0);
  const names = [...new Set(results.map(({ stratum }) => stratum))].sort((a, b) => (a < b ? -1 : 1));
  return names.map((stratum) => {
    const cases = results.filter((result) => result.stratum === stratum);
    return { stratum, share: cases.reduce((total, { n }) => total + n, 0) / all, mean: meanOf(cases) };
  });
}

function meanOf(results: readonly StratumResult[]): number {
  const n = results.reduce((total, result) => total + result.n, 0);
  return clamp(sum(results.map((result) => result.n * result.mean)) / n, 0, 1);
}

function check(results: readonly StratumResult[]): void {
  const seen = new Set<string>();
  for (const { stratum, n, mean } of results) {
    if (seen.has(stratum)) throw new InputError("the stratum occurs twice", { field: "stratum", value: stratum });
    seen.add(stratum);
    checkWhole(n, `${stratum}.n`, 1);
    checkShare(mean, `${stratum}.mean`);
  }
}
