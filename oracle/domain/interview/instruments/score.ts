import { InputError } from "../../errors.ts";
import type { Instrument, Scale } from "./instrument.ts";

/** A scale's score; `null` where it is missing. */
export interface ScaleScore {
  readonly scale: string;
  readonly value: number | null;
  /** Items answered, of how many. */
  readonly answered: number;
  readonly of: number;
}

/**
 * Scores an instrument: for each scale the sum of its items times its factor, exact whole numbers. A scale of which an item is missing
 * is missing: none of the instruments here has a published rule that says otherwise, and nothing is filled in.
 * @param answers by item; `null` or absent where it was skipped
 * @throws InputError for an answer that is not one of the item's
 */
export function scoreInstrument(instrument: Instrument, answers: ReadonlyMap<string, number | null>): ScaleScore[] {
  const items = instrument.items ?? [];
  for (const { id, min, max } of items) {
    const value = answers.get(id) ?? null;
    if (value !== null && !(Number.isInteger(value) && value >= min && value <= max)) {
      const field = `${instrument.id}/${id}`;
      throw new InputError("no such answer", {
        field,
        value: String(value),
        limit: `a whole number of ${min} to ${max}`,
      });
    }
  }
  return instrument.scales.map((scale) => {
    const given = scale.items.flatMap((id) => answers.get(id) ?? []);
    const whole = given.length === scale.items.length;
    const value = whole ? given.reduce((sum, each) => sum + each, 0) * scale.factor : null;
    return { scale: scale.id, value, answered: given.length, of: scale.items.length };
  });
}

/**
 * Whether a scale moved by at least its smallest real change; `null` where a value is missing or no such change is published.
 * @returns 1 for better, -1 for worse, 0 for neither
 */
export function realChange(scale: Scale, before: number | null, after: number | null): -1 | 0 | 1 | null {
  if (before === null || after === null || scale.smallestChange === undefined) return null;
  const gain = scale.better === "higher" ? after - before : before - after;
  return gain >= scale.smallestChange ? 1 : gain <= -scale.smallestChange ? -1 : 0;
}
