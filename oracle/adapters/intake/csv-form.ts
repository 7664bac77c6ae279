/** Where a table breaks its form. */
export interface CsvFault {
  readonly value: string;
  readonly limit: string;
}

const COMMA = 0x2c;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const MOST_COLUMNS = 1_000;

const FORM = "a header of different columns, and rows of as many fields (RFC 4180), all lines ending alike";

/**
 * What keeps bytes from being a table: RFC 4180, header first, every row as long as the header; a header alone says that nothing happened. One pass over
 * the bytes, as every batch of telemetry goes through it; what passes here is read by the domain's `readCsv` as well.
 */
export function csvFault(bytes: Buffer): CsvFault | null {
  const start = bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xefbbbf ? 3 : 0;
  const header = recordAt(bytes, start);
  if (typeof header === "string") return fault(1, header);
  const columns = header.commas.length + 1;
  if (columns > MOST_COLUMNS) return { value: `${columns} columns`, limit: `at most ${MOST_COLUMNS} columns` };
  if (new Set(fieldsOf(bytes, start, header)).size !== columns) return fault(1, "a column that stands twice");
  let number = 1;
  for (let at = header.next; at < bytes.length;) {
    const record = recordAt(bytes, at);
    number++;
    if (typeof record === "string") return fault(number, record);
    const fields = record.commas.length + 1;
    if (fields !== columns) return fault(number, `${fields} fields where the header has ${columns}`);
    if (record.next - record.end !== header.next - header.end && record.end < bytes.length) {
      return fault(number, "another line end");
    }
    if (isBlank(bytes, at, record)) return fault(number, "a row of nothing");
    at = record.next;
  }
  return null;
}

/** A record: where its commas are, where it ends, and where the next one begins. */
interface CsvRecord {
  readonly commas: readonly number[];
  readonly end: number;
  readonly next: number;
}

/** The record that begins here, or what is wrong with it. */
function recordAt(bytes: Buffer, start: number): CsvRecord | string {
  const commas: number[] = [];
  let end = fieldEnd(bytes, start);
  while (end !== -1 && bytes[end] === COMMA && commas.length < MOST_COLUMNS) {
    commas.push(end);
    end = fieldEnd(bytes, end + 1);
  }
  if (end === -1) return "broken quotes";
  if (end === start) return "an empty line";
  if (bytes[end] === RETURN && bytes[end + 1] !== LINE_FEED) return "a carriage return alone";
  return { commas, end, next: Math.min(bytes.length, end + (bytes[end] === RETURN ? 2 : 1)) };
}

/** Whether all fields are empty or white space. Most rows are told by their first byte. */
function isBlank(bytes: Buffer, start: number, record: CsvRecord): boolean {
  const first = bytes[start]!;
  if (first > QUOTE && first < 0x80 && first !== COMMA) return false;
  return fieldsOf(bytes, start, record).every((field) => field.trim() === "");
}

function fieldsOf(bytes: Buffer, start: number, { commas, end }: CsvRecord): string[] {
  const bounds = [...commas, end];
  return bounds.map((until, i) => {
    const text = bytes.toString("utf8", i === 0 ? start : bounds[i - 1]! + 1, until);
    return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
  });
}

/** Where the field that begins here ends: at a comma, a line end or the end; -1 where its quotes are broken. */
function fieldEnd(bytes: Buffer, from: number): number {
  let at = from;
  if (bytes[at] !== QUOTE) {
    while (at < bytes.length && !endsField(bytes[at]!)) at++;
    return at;
  }
  for (at++; ; at++) {
    at = bytes.indexOf(QUOTE, at);
    if (at === -1) return -1;
    if (bytes[at + 1] !== QUOTE) break;
    at++;
  }
  return at + 1 === bytes.length || endsField(bytes[at + 1]!) ? at + 1 : -1;
}

function endsField(byte: number): boolean {
  return byte === COMMA || byte === LINE_FEED || byte === RETURN;
}

function fault(record: number, value: string): CsvFault {
  return { value: `record ${record}: ${value}`, limit: FORM };
}
