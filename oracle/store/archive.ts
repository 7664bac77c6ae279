import { createHash } from "node:crypto";
import { InputError } from "../domain/errors.ts";
import type { Entry } from "../ports.ts";

/**
 * A backup: lines of JSON in UTF-8. The first names form and version; then an entry or a blob a line, all entries before all blobs;
 * the last one counts them and holds the SHA-256 of every byte before it.
 */
export const ARCHIVE_VERSION = 1;

/** Longest line: a blob of 128 MiB in base64, and a little more. */
const MAX_LINE_BYTES = 180 * 1024 * 1024;
const HEAD = JSON.stringify({ guerdon: "backup", version: ARCHIVE_VERSION });
const LINE_END = 0x0a;

export type ArchiveItem =
  | { readonly kind: "entry"; readonly entry: Entry }
  | { readonly kind: "blob"; readonly key: string; readonly bytes: Uint8Array };

/** What an archive holds. */
export interface ArchiveSummary {
  readonly entries: number;
  readonly blobs: number;
  /** SHA-256 of all lines but the last, hexadecimal: the archive's name. */
  readonly sha256: string;
}

/** The lines of an archive of these items; the last yield is followed by the summary. */
export async function* writeArchive(items: AsyncIterable<ArchiveItem>): AsyncGenerator<Buffer, ArchiveSummary> {
  const hash = createHash("sha256");
  const line = (value: string) => {
    const bytes = Buffer.from(`${value}\n`);
    hash.update(bytes);
    return bytes;
  };
  let [entries, blobs] = [0, 0];
  yield line(HEAD);
  for await (const item of items) {
    if (item.kind === "entry") entries++;
    else blobs++;
    yield line(lineOf(item));
  }
  const sha256 = hash.digest("hex");
  yield Buffer.from(`${JSON.stringify({ end: { entries, blobs, sha256 } })}\n`);
  return { entries, blobs, sha256 };
}

/**
 * Reads an archive; everything it yields is in good form, but only when it ends is it known that nothing is missing or changed.
 * @throws InputError naming the line and what is wrong with it, or that the archive is cut off, changed or of another version
 */
export async function* readArchive(source: AsyncIterable<Uint8Array>): AsyncGenerator<ArchiveItem, ArchiveSummary> {
  const hash = createHash("sha256");
  let [number, entries, blobs] = [0, 0, 0];
  let end: ArchiveSummary | null = null;
  for await (const bytes of linesOf(source)) {
    number++;
    if (end !== null) throw fault(number, "more follows the last line");
    const value = parse(bytes, number);
    if (number === 1) checkHead(value, bytes);
    else if (isEnd(value)) end = value.end;
    else {
      const item = itemOf(value, number);
      if (item.kind === "entry") entries++;
      else blobs++;
      yield item;
    }
    if (end === null) hash.update(bytes);
  }
  if (end === null) throw fault(number, "the archive is cut off: its last line is missing");
  const found = { entries, blobs, sha256: hash.digest("hex") };
  if (found.sha256 !== end.sha256)
    throw fault(number, "the archive is damaged: its bytes do not have the hash it names");
  if (found.entries !== end.entries || found.blobs !== end.blobs)
    throw fault(number, "the archive miscounts what it holds");
  return found;
}

function lineOf(item: ArchiveItem): string {
  if (item.kind === "entry") return JSON.stringify({ key: item.entry.key, value: item.entry.value });
  return JSON.stringify({ blob: item.key, base64: Buffer.from(item.bytes).toString("base64") });
}

/** Lines with their ends. */
async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    let rest = Buffer.from(chunk);
    for (let at = rest.indexOf(LINE_END); at >= 0; at = rest.indexOf(LINE_END)) {
      yield Buffer.concat([...parts, rest.subarray(0, at + 1)]);
      [parts, size, rest] = [[], 0, rest.subarray(at + 1)];
    }
    if (rest.length > 0) parts.push(rest);
    size += rest.length;
    if (size > MAX_LINE_BYTES)
      throw new InputError("a line of the archive is too long", { limit: `${MAX_LINE_BYTES} bytes` });
  }
  if (size > 0) throw new InputError("the archive is cut off in the middle of a line");
}

function parse(bytes: Buffer, line: number): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw fault(line, "not JSON in UTF-8");
  }
}

function checkHead(value: unknown, bytes: Buffer): void {
  if (bytes.toString() === `${HEAD}\n`) return;
  const { guerdon, version } = (value ?? {}) as { guerdon?: unknown; version?: unknown };
  if (guerdon !== "backup") throw fault(1, "no backup of Guerdon");
  const limit = `version ${ARCHIVE_VERSION}`;
  throw new InputError("a backup of another version", { line: 1, field: "version", value: String(version), limit });
}

function isEnd(value: unknown): value is { end: ArchiveSummary } {
  return typeof value === "object" && value !== null && "end" in value;
}

function itemOf(value: unknown, line: number): ArchiveItem {
  const { key, value: text, blob, base64 } = (value ?? {}) as Record<string, unknown>;
  if (typeof key === "string" && typeof text === "string") return { kind: "entry", entry: { key, value: text } };
  if (typeof blob === "string" && typeof base64 === "string") {
    return { kind: "blob", key: blob, bytes: Buffer.from(base64, "base64") };
  }
  throw fault(line, "neither an entry nor a blob");
}

function fault(line: number, problem: string): InputError {
  return new InputError(problem, { line });
}
