import { InputError } from "../../domain/errors.ts";
import type { Batch } from "../../ports.ts";
import { checkKey, MAX_KEY_LENGTH } from "./keys.ts";

/** Longest value, bytes of UTF-8. */
export const MAX_VALUE_BYTES = 8 * 1024 * 1024;

/** Most conditions and changes in one batch. */
export const MAX_CHANGES = 10_000;

/** Where the number of places of a log stands. */
export const LOGS = "logs/";

/** A batch that has been checked. */
export interface Plan {
  readonly expect: readonly (readonly [key: string, value: string | null])[];
  readonly put: readonly (readonly [key: string, value: string | null])[];
  readonly append: readonly { readonly log: string; readonly value: string }[];
  /** What it weighs in a group: about its bytes. */
  readonly weight: number;
}

const PLACE_DIGITS = 16;
const COUNT = /^[1-9]\d{0,15}$/;
/** Half a surrogate pair: it has no UTF-8, so it would come back as something else. */
const LONE_SURROGATE = /\p{Surrogate}/u;
/** What a condition or change costs beside its bytes. */
const OVERHEAD = 64;

/**
 * Reads a batch.
 * @throws InputError naming the field and the limit, for a bad key or log, a value too long or not UTF-8, or too many changes
 */
export function planOf(batch: Batch): Plan {
  const [expect, put, append] = [
    Object.entries(batch.expect ?? {}),
    Object.entries(batch.put ?? {}),
    batch.append ?? [],
  ];
  checkCount(expect.length + put.length + append.length);
  for (const [key] of expect) checkKey(key, "expect");
  for (const [key, value] of put) checkPut(key, value);
  for (const { log } of append) checkLog(log);
  const values = [
    ...expect.map(([, value]) => value),
    ...put.map(([, value]) => value),
    ...append.map((one) => one.value),
  ];
  return { expect, put, append, weight: values.reduce((sum, value) => sum + OVERHEAD + weigh(value), 0) };
}

/** Key of a place of a log. */
export function placeKey(log: string, place: number): string {
  return `${log}/${String(place).padStart(PLACE_DIGITS, "0")}`;
}

function checkCount(count: number): void {
  if (count <= MAX_CHANGES) return;
  const limit = `at most ${MAX_CHANGES} conditions and changes`;
  throw new InputError("too much for one batch", { field: "batch", value: String(count), limit });
}

function checkPut(key: string, value: string | null): void {
  checkKey(key, "put");
  if (!key.startsWith(LOGS) || value === null) return;
  if (COUNT.test(value) && Number.isSafeInteger(Number(value))) return;
  throw new InputError("not a log's number of places", { field: key, value, limit: "a whole number from 1" });
}

function checkLog(log: string): void {
  checkKey(log, "append");
  const limit = `at most ${MAX_KEY_LENGTH - PLACE_DIGITS - 1} characters`;
  if (log.length > MAX_KEY_LENGTH - PLACE_DIGITS - 1) {
    throw new InputError("too long for a log's name", { field: "append", value: log, limit });
  }
}

function weigh(value: string | null): number {
  if (value === null) return 0;
  const bytes = Buffer.byteLength(value);
  if (bytes > MAX_VALUE_BYTES) {
    const limit = `at most ${MAX_VALUE_BYTES} bytes`;
    throw new InputError("too long for a value", { field: "value", value: `${bytes} bytes`, limit });
  }
  if (LONE_SURROGATE.test(value)) {
    throw new InputError("half a surrogate pair in a value", {
      field: "value",
      limit: "text that has a form in UTF-8",
    });
  }
  return bytes;
}
