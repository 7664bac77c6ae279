/** Longest wait that an endpoint's Retry-After is followed for, milliseconds. One that wants more is not asked again. */
export const LONGEST_WAIT_MS = 60_000;
const FIRST_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

/**
 * How long to wait before the next attempt, milliseconds: twice as long each time up to 30 s, of that at least half and the rest by
 * chance, so that nodes which failed together do not come back together ("equal jitter": M. Brooker, "Exponential backoff and
 * jitter", AWS Architecture Blog, 2015); never less than the endpoint asks for.
 * @param failed attempts that have failed, from 1
 * @param random from 0 to below 1
 * @param asked by the endpoint, milliseconds; `null` where it asks for nothing
 */
export function retryDelay(failed: number, random: number, asked: number | null): number {
  const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_MS * 2 ** (failed - 1));
  return Math.max(Math.round(backoff / 2 + (backoff / 2) * random), asked ?? 0);
}

/**
 * What an answer asks to wait, milliseconds: `retry-after-ms`, or Retry-After in seconds or as a time (RFC 9110, 10.2.3). `null`
 * where it says nothing that can be read.
 * @param now wall-clock time, milliseconds
 */
export function retryAfter(headers: Headers | undefined, now: number): number | null {
  const exact = headers?.get("retry-after-ms");
  if (exact != null && NUMBER.test(exact)) return Math.ceil(Number(exact));
  const text = headers?.get("retry-after");
  if (text == null) return null;
  if (NUMBER.test(text)) return Math.ceil(Number(text) * 1000);
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

const NUMBER = /^\d{1,9}(?:\.\d{1,9})?$/;
