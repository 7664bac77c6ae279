import { createPublicClient, http, type Address, type Hex } from "viem";
import { oracleQuorumAbi, outcomePoolAbi } from "../../contracts/protocol/generated/abi.ts";
import type { ChainReader } from "../ports.ts";
import { exportChain } from "./chain-export.ts";

/** Place of Assessing in `IOutcomePool.RoundState`. */
const ASSESSING = 3;

/** Reads a chain through one endpoint. */
export function viemChain(rpcUrl: string): ChainReader {
  const client = createPublicClient({ transport: http(rpcUrl) });
  return {
    async poolFacts(pool, round) {
      const read = { address: pool, abi: outcomePoolAbi } as const;
      const [chainId, terms, [state], [count]] = await Promise.all([
        client.getChainId(),
        client.readContract({ ...read, functionName: "terms" }),
        client.readContract({ ...read, functionName: "roundState", args: [round] }),
        client.readContract({ ...read, functionName: "enrolment" }),
      ]);
      const quorum = { address: terms.oracle, abi: oracleQuorumAbi } as const;
      const [signers, threshold] = await Promise.all([
        client.readContract({ ...quorum, functionName: "getSigners", args: [0n, 2n ** 64n - 1n] }),
        client.readContract({ ...quorum, functionName: "threshold" }),
      ]);
      return {
        chainId,
        specHash: terms.specHash,
        metered: terms.metered,
        providerCount: Number(count),
        signers: signers.map((signer) => signer.toLowerCase() as Hex),
        threshold: Number(threshold),
        assessable: state === ASSESSING,
      };
    },
    exportPool: (pool: Address, factory: Address, block: bigint) => exportChain(client, pool, factory, block),
  };
}
