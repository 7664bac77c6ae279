import { z } from "zod";
import type { PublicClient } from "viem";
import { bytes32Schema } from "../../domain/schema.ts";
import type { Block, Store } from "../../ports.ts";
import { newestAgreed, readBlock } from "./blocks.ts";
import { EndpointsError } from "./endpoints-error.ts";
import type { Endpoints } from "./endpoints.ts";

/** When a block is final: when the chain says so, or at a depth below the newest one. */
export type Finality = { readonly by: "tag" } | { readonly by: "depth"; readonly confirmations: number };

const blockSchema = z.strictObject({
  number: z.string().regex(/^\d+$/).transform(BigInt),
  hash: bytes32Schema,
  parentHash: bytes32Schema,
  time: z.int().min(0),
});

/** Where the last block is kept that was taken for final. */
export const finalizedKey = (chainId: number): string => `cursor/${chainId}/finalized`;

/** A block as stores keep it. */
export function blockText({ number, hash, parentHash, time }: Block): string {
  return JSON.stringify({ number: String(number), hash, parentHash, time });
}

/** Inverse of `blockText`. */
export function blockOf(text: string): Block {
  return blockSchema.parse(JSON.parse(text));
}

/**
 * Finds the newest final block, and remembers it: it never goes back behind one it has given, and where one it has given is no longer
 * part of the chain, it never gives another. Removing the remembered block from the store is for a person, who has found out why.
 */
export function finalityOf(
  endpoints: Endpoints,
  finality: Finality,
  store: Pick<Store, "get" | "commit">,
): () => Promise<Block> {
  const key = finalizedKey(endpoints.chainId);
  let broken: EndpointsError | null = null;

  async function check(last: Block): Promise<void> {
    const ask = endpoints.ask("a final block", (client) => readBlock(client, { blockNumber: last.number }));
    // Endpoints that fell behind it say nothing against it.
    const found = await ask.catch((error: unknown) => {
      if (error instanceof EndpointsError && error.reason === "unavailable") return null;
      throw error;
    });
    if (found === null || found.hash === last.hash) return;
    const message = `block ${last.number} was final as ${last.hash} and is ${found.hash} now; nothing is signed any more`;
    broken = new EndpointsError("finality-broken", message);
    throw broken;
  }

  return async () => {
    for (;;) {
      if (broken !== null) throw broken;
      const text = await store.get(key);
      const last = text === null ? null : blockOf(text);
      const next = await newestAgreed(endpoints, "the newest final block", numberOf(finality));
      if (last !== null && last.hash === next.hash) return last;
      if (last !== null) await check(last);
      if (last !== null && next.number <= last.number) return last;
      const { ok } = await store.commit({ expect: { [key]: text }, put: { [key]: blockText(next) } });
      if (ok) return next;
    }
  };
}

function numberOf(finality: Finality): (client: PublicClient) => Promise<bigint> {
  if (finality.by === "tag") return async (client) => (await client.getBlock({ blockTag: "finalized" })).number;
  const depth = BigInt(finality.confirmations);
  return async (client) => {
    const newest = await client.getBlockNumber({ cacheTime: 0 });
    return newest > depth ? newest - depth : 0n;
  };
}
