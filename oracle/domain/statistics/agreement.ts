import { InputError } from "../errors.ts";

/** A category, or null where the judge abstained. */
export type Category = string | number | boolean | null;

/** How far two judges agree. */
export interface Agreement {
  /** Items that both judged. */
  readonly items: number;
  /** Part of these on which they agree; null of none. */
  readonly raw: number | null;
  /** Cohen's kappa; null of none, and where both always give the same one category, so that chance alone explains all. */
  readonly kappa: number | null;
}

/**
 * Raw agreement of two judges and Cohen's kappa, (p_o − p_e)/(1 − p_e) with chance from each judge's own frequencies (Cohen 1960,
 * Educational and Psychological Measurement 20:37–46). Items that either left out do not count.
 * @param one and `other`: one entry per item, in the same order
 */
export function agreement(one: readonly Category[], other: readonly Category[]): Agreement {
  if (one.length !== other.length) {
    throw new InputError("wrong number of judgements", { value: String(other.length), limit: `${one.length} items` });
  }
  const pairs = one.flatMap((a, i) => {
    const b = other[i] ?? null;
    return a === null || b === null ? [] : [[a, b] as const];
  });
  const items = pairs.length;
  if (items === 0) return { items, raw: null, kappa: null };
  const same = pairs.filter(([a, b]) => a === b).length;
  const [ours, theirs] = [counts(pairs.map(([a]) => a)), counts(pairs.map(([, b]) => b))];
  // In whole numbers: items · same against Σ n_a · n_b, so that full chance agreement is found exactly.
  const chance = [...ours].reduce((total, [category, n]) => total + n * (theirs.get(category) ?? 0), 0);
  const all = items * items;
  return { items, raw: same / items, kappa: chance === all ? null : (items * same - chance) / (all - chance) };
}

function counts<T>(values: readonly T[]): Map<T, number> {
  const found = new Map<T, number>();
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
  return found;
}
