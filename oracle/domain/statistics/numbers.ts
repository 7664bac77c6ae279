import { InputError } from "../errors.ts";

/** The sum, added in ascending order, so that it is the same to the bit whatever order the values come in; 0 of nothing. */
export function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values.toSorted((a, b) => a - b)) total += value;
  return total;
}

/** The arithmetic mean, the same in any order. @throws RangeError of nothing */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("nothing has no mean");
  return sum(values) / values.length;
}

/** The sample variance, with n − 1 below. @throws RangeError of fewer than two values */
export function sampleVariance(values: readonly number[]): number {
  if (values.length < 2) throw new RangeError(`${values.length} value(s) have no sample variance`);
  const middle = mean(values);
  return sum(values.map((value) => (value - middle) * (value - middle))) / (values.length - 1);
}

/** The value, moved to the nearer bound where it lies outside. */
export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** The value itself. @throws InputError unless it is a number of 0 to 1 */
export function checkShare(value: number, field: string): number {
  return checkRange(value, field, 0, 1);
}

/** The value itself. @throws InputError unless it is a finite number within both bounds */
export function checkRange(value: number, field: string, least: number, most = Infinity): number {
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  const limit = most === Infinity ? `a finite number of at least ${least}` : `a number of ${least} to ${most}`;
  throw new InputError("out of range", { field, value: String(value), limit });
}

/** The value itself. @throws InputError unless it is a whole number of at least `least`, exact in a double */
export function checkWhole(value: number, field: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new InputError("out of range", { field, value: String(value), limit: `a whole number of ${least} to ${most}` });
}
