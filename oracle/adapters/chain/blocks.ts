import type { Hex, PublicClient } from "viem";
import type { Block } from "../../ports.ts";
import { EndpointsError } from "./endpoints-error.ts";
import type { Endpoints } from "./endpoints.ts";

/** A block to read at, by its hash: an endpoint that has another one in that place does not answer (EIP-1898). */
export type At = { readonly blockNumber: bigint } | { readonly blockHash: Hex; readonly requireCanonical: true };

export function at({ hash }: Pick<Block, "hash">): At {
  return { blockHash: hash, requireCanonical: true };
}

/** A block of an endpoint; fails where it has none in that place. */
export async function readBlock(
  client: PublicClient,
  which: { readonly blockNumber: bigint } | { readonly blockHash: Hex },
): Promise<Block> {
  const { number, hash, parentHash, timestamp } = await client.getBlock(which);
  return { number, hash, parentHash, time: Number(timestamp) };
}

/**
 * The newest block that enough endpoints have. Endpoints that are behind lower it where they are needed; one that names a number or
 * a hash of its own is outvoted.
 * @param newest number of the newest block an endpoint knows
 */
export async function newestAgreed(
  endpoints: Endpoints,
  what: string,
  newest: (client: PublicClient) => Promise<bigint>,
): Promise<Block> {
  const numbers = (await endpoints.gather(what, newest)).sort((a, b) => (a > b ? -1 : 1));
  // From the newest on that is no newer than what enough endpoints claim to have.
  const candidates = new Set(numbers.slice(endpoints.agreement - 1));
  let failure = new EndpointsError("unavailable", `no endpoint names ${what}`);
  for (const blockNumber of candidates) {
    try {
      return await endpoints.ask(what, (client) => readBlock(client, { blockNumber }));
    } catch (error) {
      if (!(error instanceof EndpointsError)) throw error;
      failure = error;
    }
  }
  throw failure;
}
