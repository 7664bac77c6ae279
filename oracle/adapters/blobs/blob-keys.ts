import { InputError } from "../../domain/errors.ts";

/** Longest key of a blob, characters: with its slashes encoded it must be a file's name. */
export const MAX_BLOB_KEY_LENGTH = 240;

const KEY = /^[A-Za-z0-9._:-]+(?:\/[A-Za-z0-9._:-]+)*$/;
const BEGINNING = /^(?:[A-Za-z0-9._:-]+\/)*[A-Za-z0-9._:-]*$/;
/** Names that lead somewhere else. */
const DOTS = /(?:^|\/)\.{1,2}(?:\/|$)/;
const RULE = `segments of letters, digits and ._:- joined by /, none of them . or .., at most ${MAX_BLOB_KEY_LENGTH} characters`;

/** @throws InputError for what is no key of a blob */
export function checkBlobKey(key: string): void {
  if (key.length <= MAX_BLOB_KEY_LENGTH && KEY.test(key) && !DOTS.test(key)) return;
  throw new InputError("not a blob's key", { field: "key", value: key, limit: RULE });
}

/** @throws InputError for what begins no key of a blob */
export function checkBlobPrefix(prefix: string): void {
  if (prefix.length <= MAX_BLOB_KEY_LENGTH && BEGINNING.test(prefix)) return;
  throw new InputError("begins no blob's key", { field: "prefix", value: prefix, limit: RULE });
}
