import type { Context } from "hono";
import ipaddr from "ipaddr.js";

/** Most text of `X-Forwarded-For` that is looked at. */
const MAX_FORWARDED = 2_000;

/**
 * Where a request comes from.
 * @param hops how many proxies stand in front and add to `X-Forwarded-For`; what is left of theirs the caller wrote itself
 * @returns `null` where it is not known: a request that came over no connection
 */
export function clientAddress(context: Context, hops: number): string | null {
  const chain = [...forwarded(context.req.header("x-forwarded-for")), connectionAddress(context.env)];
  const at = hops === 0 ? chain.length - 1 : Math.max(0, chain.length - 1 - hops);
  const text = chain[at];
  return text === null || text === undefined ? null : normalised(text);
}

/** Who shares a rate limit: an IPv4 address, or the /64 that a household or server has of IPv6. */
export function clientKey(address: string | null): string {
  return address === null ? "unknown" : network(address, 32, 64);
}

/** An address as far as it may stand in a log: its /24, or /48 of IPv6. */
export function coarseAddress(address: string | null): string {
  return address === null ? "unknown" : network(address, 24, 48);
}

function forwarded(header: string | undefined): string[] {
  if (header === undefined) return [];
  return header
    .slice(-MAX_FORWARDED)
    .split(",")
    .map((part) => part.trim());
}

/** The address of the socket, as node's adapter passes it on. */
function connectionAddress(env: unknown): string | null {
  const incoming = (env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming;
  return incoming?.socket?.remoteAddress ?? null;
}

/** IPv4 within IPv6 is IPv4; what is no address at all is nobody's. */
function normalised(text: string): string | null {
  const bare = text.replace(/^\[(.*)\](?::\d+)?$/, "$1");
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : null;
}

function network(address: string, bits4: number, bits6: number): string {
  const parsed = ipaddr.process(address);
  const ipv4 = parsed.kind() === "ipv4";
  const bits = ipv4 ? bits4 : bits6;
  const family = ipv4 ? ipaddr.IPv4 : ipaddr.IPv6;
  const base = family.networkAddressFromCIDR(`${parsed.toString()}/${bits}`).toString();
  return ipv4 && bits === 32 ? base : `${base}/${bits}`;
}
