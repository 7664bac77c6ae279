import Papa from "papaparse";
import { InputError } from "./errors.ts";
import type { EvidenceFile } from "./templates/template.ts";

/** Bounds of a number, both inclusive; `min` is 0 where not said, so that negative figures are refused by default. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}

/** How strict a reader is about columns nobody asked for; `allowed` where not said. */
export interface CsvOptions {
  readonly otherColumns?: "allowed" | "refused";
}

/** A parsed table: the header as found, and at least one row. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

const INTEGER = /^-?\d+$/;
const DECIMAL = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const LINE_BREAK = /\r\n|\n|\r/g;

/** One record of a table. Its readers throw an `InputError` that names file, line, field and value. */
export class CsvRow {
  readonly file: string;
  /** Line the record starts on, counted from 1 with the header as line 1. */
  readonly line: number;
  readonly #fields: readonly string[];
  readonly #places: ReadonlyMap<string, number>;

  constructor(file: string, record: CsvRecord, places: ReadonlyMap<string, number>) {
    this.file = file;
    this.line = record.line;
    this.#fields = record.fields;
    this.#places = places;
  }

  /** The field as it stands, white space included; a column the table lacks is an error. */
  text(field: string): string {
    const place = this.#places.get(field);
    if (place === undefined) throw new InputError("the column is missing", { file: this.file, field });
    return this.#fields[place]!;
  }

  /** A field that may not be empty or only white space. */
  filled(field: string): string {
    const text = this.text(field);
    if (text.trim() === "") throw this.error("the field is empty", field, "a text");
    return text;
  }

  /** A whole number in decimal digits, exact in a double. */
  integer(field: string, range: NumberRange = {}): number {
    const value = INTEGER.test(this.text(field)) ? Number(this.text(field)) : NaN;
    if (!Number.isSafeInteger(value))
      throw this.error("not a whole number", field, describeRange("a whole number", range));
    return this.#within(value, field, range, "a whole number");
  }

  /** A finite number in decimal digits, with or without an exponent. */
  finite(field: string, range: NumberRange = {}): number {
    const value = DECIMAL.test(this.text(field)) ? Number(this.text(field)) : NaN;
    if (!Number.isFinite(value)) throw this.error("not a finite number", field, describeRange("a number", range));
    return this.#within(value, field, range, "a number");
  }

  /** An error at this row and field, for the caller to throw. */
  error(problem: string, field: string, limit: string): InputError {
    return new InputError(problem, { file: this.file, line: this.line, field, value: this.text(field), limit });
  }

  #within(value: number, field: string, range: NumberRange, kind: string): number {
    const { min = 0, max = Infinity } = range;
    if (value < min || value > max) throw this.error("out of range", field, describeRange(kind, range));
    return value === 0 ? 0 : value;
  }
}

function describeRange(kind: string, { min = 0, max = Infinity }: NumberRange): string {
  if (min === -Infinity) return max === Infinity ? kind : `${kind} of at most ${max}`;
  return max === Infinity ? `${kind} of at least ${min}` : `${kind} of ${min} to ${max}`;
}

/**
 * Reads a comma-separated file (RFC 4180, header first, UTF-8 with or without a byte order mark). One line break at the end is
 * fine; anything else that is not a full row is an `InputError`: a missing or repeated column, too many or few fields, an empty
 * row, a quote left open, no row at all.
 * @param columns the columns the caller needs, in any order
 */
export function readCsv(file: EvidenceFile, columns: readonly string[], options: CsvOptions = {}): CsvTable {
  const [header, ...records] = parse(file.name, decode(file));
  if (header === undefined) throw new InputError("the file is empty", { file: file.name, limit: "a header and rows" });
  checkHeader(file.name, header.fields, columns, options);
  if (records.length === 0)
    throw new InputError("no rows follow the header", { file: file.name, limit: "at least one row" });
  const places = new Map(header.fields.map((column, place) => [column, place]));
  for (const record of records) checkRecord(file.name, record, header.fields.length);
  return { columns: header.fields, rows: records.map((record) => new CsvRow(file.name, record, places)) };
}

/** The text of a file; bytes that are not UTF-8 are an `InputError`, a byte order mark is dropped. */
export function decode(file: EvidenceFile): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(file.bytes);
  } catch {
    throw new InputError("the bytes are not valid UTF-8", { file: file.name, limit: "text in UTF-8" });
  }
}

function parse(file: string, text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let line = 1;
  let start = 0;
  // Stepping is what tells where each record ends, and so on which line the next one starts.
  Papa.parse<string[]>(text, {
    delimiter: ",",
    step: ({ data, errors, meta }) => {
      const [fault] = errors;
      if (fault !== undefined) throw new InputError(`broken quotes: ${fault.message}`, { file, line });
      if (start < text.length) records.push({ line, fields: data });
      line += text.slice(start, meta.cursor).match(LINE_BREAK)?.length ?? 0;
      start = meta.cursor;
    },
  });
  return records;
}

function checkHeader(file: string, header: readonly string[], columns: readonly string[], options: CsvOptions): void {
  const seen = new Set<string>();
  for (const column of header) {
    const fault = { file, line: 1, field: column };
    if (seen.has(column)) throw new InputError("the column occurs twice", { ...fault, limit: "each column once" });
    if (options.otherColumns === "refused" && !columns.includes(column)) {
      throw new InputError("unknown column", { ...fault, limit: `only ${columns.join(", ")}` });
    }
    seen.add(column);
  }
  const missing = columns.find((column) => !seen.has(column));
  if (missing !== undefined) throw new InputError("the column is missing", { file, line: 1, field: missing });
}

function checkRecord(file: string, { line, fields }: CsvRecord, width: number): void {
  if (fields.every((field) => field.trim() === "")) throw new InputError("the row is empty", { file, line });
  if (fields.length !== width) {
    throw new InputError("wrong number of fields", {
      file,
      line,
      value: String(fields.length),
      limit: `${width} fields`,
    });
  }
}
