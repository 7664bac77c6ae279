/** Longest `If-None-Match` that is read; what is longer matches nothing. */
const MAX_HEADER = 4_000;

/** Whether a caller has an entity already, by RFC 9110's weak comparison. */
export function hasEntity(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined || ifNoneMatch.length > MAX_HEADER) return false;
  const named = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return named.includes("*") || named.includes(etag);
}
