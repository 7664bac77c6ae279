import { createPublicClient, http, type Address } from "viem";
import { ROUND_STATES } from "../../../contracts/protocol/clock.ts";
import { unpackTerms } from "../../../contracts/protocol/terms.ts";
import type { ChainReader } from "../../ports.ts";
import { exportChain } from "./chain-export.ts";
import { readOracle, readProviders, readTerms } from "./pool-facts.ts";
import { poolReader } from "./pool-reader.ts";

/** Reads a chain through one endpoint. */
export function viemChain(rpcUrl: string): ChainReader {
  const client = createPublicClient({ transport: http(rpcUrl) });
  return {
    async poolFacts(pool, round) {
      // All at one block, so that the parts belong together.
      const block = await client.getBlockNumber({ cacheTime: 0 });
      const terms = unpackTerms(await readTerms(client, pool, block));
      const read = poolReader(client, pool, block);
      const [chainId, oracle, [enrolment], [answer]] = await Promise.all([
        client.getChainId(),
        readOracle(client, terms.oracle, block),
        read("enrolment", [[]], 1),
        read("roundState", [[round]], 1),
      ]);
      const providers = await readProviders(read, enrolment![0]);
      return { chainId, terms, providers, oracle, assessable: ROUND_STATES[answer![0]] === "assessing" };
    },
    exportPool: (pool: Address, factory: Address, block: bigint) => exportChain(client, pool, factory, block),
  };
}
