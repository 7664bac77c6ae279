/**
 * Tables that people open in spreadsheets. A cell that begins with `=`, `+`, `-` or `@`, or their wide forms, may be run as a formula, and
 * programs that take another separator than the comma see cells where there are none; so an apostrophe is set before such a sign wherever
 * a cell could begin, and before an apostrophe there, so that it can be taken away again (OWASP, "CSV Injection").
 */

/** Where a program could see a cell begin: at the very start, after what may be a separator or a line's end, past spaces and quotes. */
const START = String.raw`(^|[,;|\t\r\n])([\s"]*)`;
const SIGNS = "['=+\\-@\uFF1D\uFF0B\uFF0D\uFF20]";
/** Where an apostrophe is set. */
export const GUARDED = new RegExp(`${START}(?=${SIGNS})`, "g");
/** Where it is taken away. */
export const GUARD = new RegExp(`${START}'(?=${SIGNS})`, "g");

/** A text that no spreadsheet takes for a formula. */
export function guarded(text: string): string {
  return text.replace(GUARDED, "$1$2'");
}

/** The text that was guarded. */
export function unguarded(text: string): string {
  return text.replace(GUARD, "$1$2");
}

/** Byte order mark: without it some spreadsheets read UTF-8 as another encoding. */
const MARK = "\uFEFF";

/**
 * A table as CSV (RFC 4180) in UTF-8: header first, all fields quoted, lines ended by CR and LF, cells guarded.
 * @throws RangeError where a row has another number of cells than there are columns
 */
export function tableText(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const wrong = rows.findIndex((row) => row.length !== columns.length);
  if (wrong >= 0) throw new RangeError(`row ${wrong} has ${rows[wrong]!.length} cells, not ${columns.length}`);
  return MARK + [columns, ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

function quoted(cell: string): string {
  return `"${guarded(cell).replaceAll('"', '""')}"`;
}
