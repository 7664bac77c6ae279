import { InvalidArgumentError } from "commander";
import type { Address } from "viem";

/** An address of the web, as an argument. */
export function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError("It must be an http or https address.");
}

/** An address on a chain, as an argument. */
export function parseAddress(text: string): Address {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return text as Address;
  throw new InvalidArgumentError("It must be an address: 0x and 40 hexadecimal digits.");
}
