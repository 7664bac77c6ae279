import canonicalize from "canonicalize";
import { keccak256, stringToBytes, type Hex } from "viem";
import type { z } from "zod";
import { InputError } from "./errors.ts";

/**
 * Canonical JSON of a value (RFC 8785): one text for each value, and so one hash.
 * @throws TypeError for what is not JSON
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("the value is not JSON");
  return text;
}

/** keccak256 of a value's canonical JSON in UTF-8. */
export function canonicalHash(value: unknown): Hex {
  return keccak256(stringToBytes(canonicalJson(value)));
}

/** How a document stands in a file: canonical JSON and a line break. */
export function documentBytes(value: unknown): Uint8Array {
  return stringToBytes(`${canonicalJson(value)}\n`);
}

/**
 * Reads a document that was written by `documentBytes`. Its bytes must be the canonical ones, so that no byte of the file is
 * without meaning.
 * @throws InputError naming the file, and the property where the schema is not met
 */
export function readDocument<Schema extends z.ZodType>(
  file: string,
  bytes: Uint8Array,
  schema: Schema,
): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(file, bytes));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new InputError(issue?.message ?? "not of the expected form", { file, field: issue?.path.join(".") ?? "" });
  }
  if (!isCanonical(parsed.data, bytes)) throw new InputError("the file is not in canonical form", { file });
  return parsed.data;
}

/** Text with half a surrogate pair has no canonical form at all. */
function isCanonical(value: unknown, bytes: Uint8Array): boolean {
  try {
    return sameBytes(documentBytes(value), bytes);
  } catch {
    return false;
  }
}

/** Whether two byte strings are equal. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function parseJson(file: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new InputError(`not JSON in UTF-8: ${error instanceof Error ? error.message : String(error)}`, { file });
  }
}
