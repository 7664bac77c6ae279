import { InputError } from "../errors.ts";

/** Values of those of one stratum who answered, and how many were asked. */
export interface Stratum {
  readonly stratum: string;
  readonly asked: number;
  readonly values: readonly number[];
}

/** What the answers say of everybody who was asked. Nobody's silence is filled in as good. */
export interface NonResponse {
  readonly asked: number;
  readonly answered: number;
  /** Mean of everybody, whatever the silent would have said: no assumption at all (Manski 1989). `null` where nobody was asked. */
  readonly bounds: { readonly low: number; readonly high: number } | null;
  /**
   * Mean weighted by 1 / response rate of each stratum (Horvitz & Thompson 1952; weighting classes, Little 1986), right if within a
   * stratum silence does not hang on the value. Of those strata in which somebody answered; `null` where there is none.
   */
  readonly weightedMean: number | null;
  /** Share of those asked who are in such strata: below 1, the weighted mean says nothing of the rest. */
  readonly covered: number | null;
  /** (Σw)² / Σw² (Kish 1965): how many equally weighted answers the weighted mean is worth. 0 where there are none. */
  readonly effectiveAnswers: number;
}

/**
 * Both models of silence, side by side.
 * @param range lowest and highest value that an answer can have
 * @throws InputError where more answered than were asked, a value is out of range, or a stratum stands twice
 */
export function nonResponse(
  strata: readonly Stratum[],
  range: { readonly min: number; readonly max: number },
): NonResponse {
  check(strata, range);
  // Sums depend on the order of their terms, so it is fixed.
  const sorted = [...strata].sort((a, b) => (a.stratum < b.stratum ? -1 : 1));
  const asked = total(sorted.map((one) => one.asked));
  const answered = total(sorted.map(({ values }) => values.length));
  const heard = sorted.filter(({ values }) => values.length > 0);
  const sum = total(heard.map(({ values }) => ascendingSum(values)));
  const silent = asked - answered;
  const bounds =
    asked === 0 ? null : { low: (sum + silent * range.min) / asked, high: (sum + silent * range.max) / asked };
  const reached = total(heard.map((one) => one.asked));
  const weighted = total(heard.map(({ asked: size, values }) => (size * ascendingSum(values)) / values.length));
  const squares = total(heard.map(({ asked: size, values }) => (size * size) / values.length));
  return {
    asked,
    answered,
    bounds,
    weightedMean: reached === 0 ? null : weighted / reached,
    covered: asked === 0 ? null : reached / asked,
    effectiveAnswers: squares === 0 ? 0 : (reached * reached) / squares,
  };
}

function check(strata: readonly Stratum[], { min, max }: { readonly min: number; readonly max: number }): void {
  const seen = new Set<string>();
  for (const { stratum, asked, values } of strata) {
    if (seen.has(stratum))
      throw new InputError("stands twice", { field: "stratum", value: stratum, limit: "each once" });
    seen.add(stratum);
    if (!Number.isSafeInteger(asked) || asked < values.length) {
      const limit = `at least the ${values.length} who answered`;
      throw new InputError("fewer asked than answered", { field: "asked", value: String(asked), limit });
    }
    const odd = values.find((value) => !(value >= min && value <= max));
    if (odd !== undefined)
      throw new InputError("out of range", { field: "values", value: String(odd), limit: `${min} to ${max}` });
  }
}

function ascendingSum(values: readonly number[]): number {
  return total([...values].sort((a, b) => a - b));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
