import { z } from "zod";

/**
 * Forms that documents of criteria share. They bound lengths only: whether a text says anything is for the linter to tell, with words
 * on how to mend it.
 */

/** A text for people, at most so many UTF-16 units. */
export function textSchema(most = 600) {
  return z.string().max(most);
}

/** An id as it may come in; which ids are good ones is a rule of the linter. */
export const idSchema = z.string().max(100);

/** What a good id looks like: words of lower-case letters and digits, with hyphens between them. */
export const READABLE_ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** Most characters of a good id. */
export const MAX_ID = 60;

/** A finite number; JSON has no others. */
export const numberSchema = z.number();
