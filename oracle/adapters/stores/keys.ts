import { InputError } from "../../domain/errors.ts";
import type { Listing } from "../../ports.ts";

/** Longest key, characters. */
export const MAX_KEY_LENGTH = 512;

/** What lists a part of a store whose size is not given. */
export const DEFAULT_LIMIT = 1_000;
export const MAX_LIMIT = 10_000;

const KEY = /^[A-Za-z0-9._:-]+(?:\/[A-Za-z0-9._:-]+)*$/;
const BEGINNING = /^(?:[A-Za-z0-9._:-]+\/)*[A-Za-z0-9._:-]*$/;
const KEY_RULE = `segments of letters, digits and ._:- joined by /, at most ${MAX_KEY_LENGTH} characters`;

/** Sorts behind every character of a key. */
const BEHIND = "\x7f";

/** Keys from one to another, in their order or against it. All are ASCII, so text and bytes are in one order. */
export interface Range {
  readonly from: string;
  /** Whether `from` itself belongs to the range. */
  readonly included: boolean;
  /** Never belongs to it. */
  readonly until: string;
  readonly reverse: boolean;
  readonly limit: number;
}

/** @throws InputError for what is no key */
export function checkKey(key: string, field = "key"): void {
  if (key.length > MAX_KEY_LENGTH || !KEY.test(key)) fail("not a key", field, key, KEY_RULE);
}

/** What of a store is listed. @throws InputError for what begins no key, and for a limit out of range */
export function rangeOf(prefix: string, { after, limit = DEFAULT_LIMIT, reverse = false }: Listing = {}): Range {
  checkBeginning(prefix, "prefix");
  if (after !== undefined) checkBeginning(after, "after");
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    fail("not a number of entries", "limit", String(limit), `a whole number from 1 to ${MAX_LIMIT}`);
  }
  const [start, end] = [prefix, prefix + BEHIND];
  if (after === undefined) return { from: start, included: true, until: end, reverse, limit };
  if (reverse) return { from: start, included: true, until: after < end ? after : end, reverse, limit };
  return after < start
    ? { from: start, included: true, until: end, reverse, limit }
    : { from: after, included: false, until: end, reverse, limit };
}

function checkBeginning(text: string, field: string): void {
  if (text.length > MAX_KEY_LENGTH || !BEGINNING.test(text)) fail("begins no key", field, text, KEY_RULE);
}

function fail(problem: string, field: string, value: string, limit: string): never {
  throw new InputError(problem, { field, value, limit });
}
