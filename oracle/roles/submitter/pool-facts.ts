import { size, type Address } from "viem";
import { PROVIDER_BYTES } from "../../../contracts/protocol/vector.ts";
import type { Block, ChainReader, PoolFacts } from "../../ports.ts";

/** Reads facts of pools, and remembers those that can no longer change: of pools whose list of providers is closed. */
export function factsOf(
  chain: Pick<ChainReader, "poolFacts">,
): (pool: Address, finalized: Block) => Promise<PoolFacts> {
  const known = new Map<Address, PoolFacts>();
  return async (pool, finalized) => {
    const before = known.get(pool);
    if (before !== undefined) return before;
    const facts = await chain.poolFacts(pool, finalized);
    if (finalized.time >= facts.terms.start - facts.terms.notice) known.set(pool, facts);
    return facts;
  };
}

/** How many providers a pool has. */
export function providerCount({ providers }: Pick<PoolFacts, "providers">): number {
  return size(providers) / PROVIDER_BYTES;
}
