import { createPublicClient, http, type Address } from "viem";
import { ROUND_STATES } from "../../../contracts/protocol/clock.ts";
import { unpackTerms } from "../../../contracts/protocol/terms.ts";
import type { ChainReader, PoolFacts } from "../../ports.ts";
import { exportChain } from "./chain-export.ts";
import { readOracle, readProviders, readTerms } from "./pool-facts.ts";
import { poolReader } from "./pool-reader.ts";

/** What one endpoint alone says, at its newest block: for tools that show it to a person, not for a node that signs. */
export interface OneEndpoint extends Pick<ChainReader, "exportPool"> {
  /** Facts of a pool, and whether a round of it can be assessed now. */
  poolFacts(pool: Address, round: number): Promise<PoolFacts & { readonly assessable: boolean }>;
}

/** Reads a chain through one endpoint. */
export function viemChain(rpcUrl: string): OneEndpoint {
  const client = createPublicClient({ transport: http(rpcUrl) });
  return {
    async poolFacts(pool, round) {
      // All at one block, so that the parts belong together.
      const at = { blockNumber: await client.getBlockNumber({ cacheTime: 0 }) };
      const terms = unpackTerms(await readTerms(client, pool, at));
      const read = poolReader(client, pool, at);
      const [chainId, oracle, [enrolment], [answer]] = await Promise.all([
        client.getChainId(),
        readOracle(client, terms.oracle, at),
        read("enrolment", [[]], 1),
        read("roundState", [[round]], 1),
      ]);
      const providers = await readProviders(read, enrolment![0]);
      return { chainId, terms, providers, oracle, assessable: ROUND_STATES[answer![0]] === "assessing" };
    },
    exportPool: (pool: Address, factory: Address, block: bigint) => exportChain(client, pool, factory, block),
  };
}
