import type { CsvRow } from "../../csv.ts";
import { InputError } from "../../errors.ts";
import { compare, multiply, parseDecimal, rational, roundToDecimals, toFixed, type Rational } from "../../rational.ts";

const NOT_AVAILABLE = "Not Available";
const PUBLISHED_DECIMALS = 12;
const HUNDRED = rational(100);

/** A hospital's row in one of the files. Each figure is null where it reads 'Not Available'; every fault names the hospital. */
export class HospitalRow {
  readonly row: CsvRow;
  readonly id: string;
  readonly name: string;

  constructor(row: CsvRow) {
    this.row = row;
    this.id = row.filled("Facility ID");
    this.name = row.text("Facility Name").trim() || this.id;
  }

  /** How messages name the hospital. */
  get label(): string {
    return `hospital ${this.id} (${this.name})`;
  }

  /** A rate of 0 or more, as a plain decimal or a percentage up to 100%. */
  rate(field: string): Rational | null {
    return this.#read(field, "a rate of at least 0, as a decimal or a percentage up to 100%", (text) => {
      const percent = text.endsWith("%");
      const value = parseDecimal(percent ? text.slice(0, -1) : text);
      if (value === null || value.numerator < 0n || (percent && compare(value, HUNDRED) > 0)) return null;
      return percent ? multiply(value, rational(1, 100)) : value;
    });
  }

  /** Points written as `7 out of 10`. */
  points(field: string, most: number): number | null {
    return this.#read(field, `0 to ${most} points, written "N out of ${most}"`, (text) => {
      const [points, end] = text.split(" out of ");
      return end === String(most) ? wholeNumber(points!, most) : null;
    });
  }

  /** A score written as a whole number. */
  whole(field: string, most: number): number | null {
    return this.#read(field, `a whole number from 0 to ${most}`, (text) => wholeNumber(text, most));
  }

  /** A score of 0 to 100 with decimals. */
  score(field: string): Rational | null {
    return this.#read(field, "a decimal number from 0 to 100", (text) => {
      const value = parseDecimal(text);
      return value === null || value.numerator < 0n || compare(value, HUNDRED) > 0 ? null : value;
    });
  }

  /** Throws where published points and recomputed ones differ, or only one of them exists. */
  checkPoints(field: string, published: number | null, recomputed: number | null): void {
    if (published === recomputed) return;
    throw this.fault(
      "the published figure is not the recomputed one",
      field,
      `${recomputed ?? NOT_AVAILABLE}, as recomputed`,
    );
  }

  /** Throws where a published score and the recomputed one differ when rounded half up to 12 decimals, or only one exists. */
  checkScore(field: string, published: Rational | null, recomputed: Rational | null): void {
    if (published !== null && recomputed !== null) {
      if (roundToDecimals(published, PUBLISHED_DECIMALS) === roundToDecimals(recomputed, PUBLISHED_DECIMALS)) return;
    } else if (published === recomputed) return;
    const expected = recomputed === null ? NOT_AVAILABLE : toFixed(recomputed, PUBLISHED_DECIMALS);
    throw this.fault("the published figure is not the recomputed one", field, `${expected}, as recomputed`);
  }

  /** An error at a field of this hospital, for the caller to throw. */
  fault(problem: string, field: string, limit: string): InputError {
    const { file, line } = this.row;
    return new InputError(`${this.label}: ${problem}`, { file, line, field, value: this.row.text(field), limit });
  }

  #read<Value>(field: string, limit: string, parse: (text: string) => Value | null): Value | null {
    const text = this.row.text(field);
    if (text === NOT_AVAILABLE) return null;
    const value = parse(text);
    if (value === null) throw this.fault("malformed or out of range", field, `${limit}, or "${NOT_AVAILABLE}"`);
    return value;
  }
}

function wholeNumber(text: string, most: number): number | null {
  return /^\d{1,3}$/.test(text) && Number(text) <= most ? Number(text) : null;
}
