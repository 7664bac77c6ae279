/** An exact fraction. The denominator is above 0; the fraction need not be in lowest terms, so compare with `compare`. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const DECIMAL = /^-?\d+(?:\.(\d+))?$/;

/** The fraction of two integers; throws `RangeError` where the denominator is 0. */
export function rational(numerator: bigint | number, denominator: bigint | number = 1n): Rational {
  const [top, bottom] = [BigInt(numerator), BigInt(denominator)];
  if (bottom === 0n) throw new RangeError("a fraction cannot have denominator 0");
  return bottom < 0n ? { numerator: -top, denominator: -bottom } : { numerator: top, denominator: bottom };
}

/** The exact value of a plain decimal such as `-12.50`; null where the text is anything else, an exponent included. */
export function parseDecimal(text: string): Rational | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  return rational(BigInt(text.replace(".", "")), 10n ** BigInt(match[1]?.length ?? 0));
}

/** a + b. */
export function add(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

/** a − b. */
export function subtract(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator);
}

/** a · b. */
export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** a / b; throws `RangeError` where b is 0. */
export function divide(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator, a.denominator * b.numerator);
}

/** The sum; 0 of nothing. */
export function sum(values: readonly Rational[]): Rational {
  return values.reduce(add, rational(0));
}

/** Below 0 where a < b, 0 where they are equal, above 0 where a > b. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The largest integer not above the value. */
export function floor({ numerator, denominator }: Rational): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}

/** The nearest integer, a half going up (towards +∞). */
export function roundHalfUp(value: Rational): bigint {
  return floor(add(value, rational(1, 2)));
}

/** The value in units of 10^-decimals, rounded half up. */
export function roundToDecimals(value: Rational, decimals: number): bigint {
  return roundHalfUp(multiply(value, rational(10n ** BigInt(decimals))));
}

/** The value in plain decimal notation with so many decimals, rounded half up. */
export function toFixed(value: Rational, decimals: number): string {
  const units = roundToDecimals(value, decimals);
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  return `${units < 0n ? "-" : ""}${whole}${decimals > 0 ? `.${digits.slice(-decimals)}` : ""}`;
}
