import { parseAccept } from "hono/utils/accept";

/** Longest `Accept` that is read; what is longer accepts anything. */
const MAX_ACCEPT = 1_000;

/**
 * The type a caller likes best of those there are, in their order where it likes several equally.
 * @returns `null` where it accepts none of them
 */
export function preferred(accept: string | undefined, types: readonly string[]): string | null {
  const ranges = accept === undefined || accept.length > MAX_ACCEPT ? [] : parseAccept(accept);
  if (ranges.length === 0) return types[0] ?? null;
  const liked = types
    .map((type) => ({ type, quality: quality(type, ranges) }))
    .filter((one) => one.quality > 0)
    .sort((one, other) => other.quality - one.quality);
  return liked[0]?.type ?? null;
}

/** By the most specific range that covers the type. */
function quality(type: string, ranges: readonly { readonly type: string; readonly q: number }[]): number {
  const [main = ""] = type.split("/");
  for (const range of [type, `${main}/*`, "*/*"]) {
    const found = ranges.find((one) => one.type.toLowerCase() === range);
    if (found !== undefined) return found.q;
  }
  return 0;
}
