import ipaddr from "ipaddr.js";

/** First 16 bits of IPv6 that is routed globally: 2000::/3. */
const GLOBAL_LOW = 0x2000;
const GLOBAL_HIGH = 0x3fff;

/**
 * Whether an address can only lead to the public internet: global unicast that carries no other address within and belongs to
 * no special purpose. What cannot be read is not public.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text) || text.includes("%")) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast") return false;
  if (!("parts" in address)) return true;
  const [first] = address.parts;
  return first! >= GLOBAL_LOW && first! <= GLOBAL_HIGH;
}

/** Names that are resolved within a machine, a house or a cloud. */
const INNER =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|private|home\.arpa|in-addr\.arpa|ip6\.arpa|onion|test|invalid|example)$/;

/** Whether a host name, as a URL gives it, can be that of a public server: at least two labels, none of them inner. */
export function isPublicName(host: string): boolean {
  const name = host.replace(/\.$/, "");
  return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/.test(name) && !INNER.test(name);
}
