import type { Address, Hex } from "viem";
import type { Block, ChainReader, Store } from "../../ports.ts";
import type { Oracle } from "../../domain/signatures.ts";
import { signedByContract, signedByKey } from "./account-signature.ts";
import { at, newestAgreed, readBlock } from "./blocks.ts";
import { exportChain } from "./chain-export.ts";
import { openEndpoints, type EndpointsOptions } from "./endpoints.ts";
import { finalityOf, type Finality } from "./finality.ts";
import { readMadePools, type MadePoolIn } from "./made-pools.ts";
import { readOracle } from "./pool-facts.ts";
import { readPayouts, readPoolFacts, readRoundFacts } from "./round-facts.ts";
import { sendingChain, type SendingChain } from "./sending.ts";

/** How a chain is read. */
export interface ChainOptions extends EndpointsOptions {
  readonly finality: Finality;
  /** The factory whose pools are looked for. */
  readonly factory: Address;
  /** Keeps the newest final block, so that finality does not go back when a node starts anew. */
  readonly store: Pick<Store, "get" | "commit">;
}

/** A chain to follow and to send to, beyond what is read to sign. */
export interface OpenChain extends ChainReader {
  pools(from: bigint, to: bigint): Promise<MadePoolIn[]>;
  /** Accounts behind an oracle's address. @throws InputError where it is a contract that does not name them */
  oracle(address: Address, block: Block): Promise<Oracle>;
  /** The block with this hash, whether it is part of the chain or not. */
  blockByHash(hash: Hex): Promise<Block>;
  /** The block in this place of the chain. */
  blockByNumber(number: bigint): Promise<Block>;
  readonly sending: SendingChain;
}

/**
 * Opens a chain by its endpoints. Each read is asked of all of them, at a block named by its hash, and counts when enough give the same
 * answer.
 * @throws RangeError where the agreement does not fit the number of endpoints
 * @throws EndpointsError where too few answer or they are of another chain
 */
export async function openChain(options: ChainOptions): Promise<OpenChain> {
  const endpoints = await openEndpoints(options);
  const { chainId, ask } = endpoints;
  const { factory } = options;
  const latest = (): Promise<Block> =>
    newestAgreed(endpoints, "the newest block", (client) => client.getBlockNumber({ cacheTime: 0 }));
  return {
    chainId,
    finalized: finalityOf(endpoints, options.finality, options.store),
    latest,
    pools: (from, to) => ask("the pools made", (client) => readMadePools(client, factory, from, to)),
    poolFacts: (pool, block) => ask("a pool", (client) => readPoolFacts(client, chainId, pool, at(block))),
    roundFacts: (pool, round, block) => ask("a round", (client) => readRoundFacts(client, pool, round, at(block))),
    payouts: (pool, round, from, count, block) =>
      ask("payouts", (client) => readPayouts(client, pool, round, { from, count }, at(block))),
    exportPool: (pool, made, block) => ask("a pool's export", (client) => exportChain(client, pool, made, block)),
    async signedBy(account, message, signature) {
      if (await signedByKey(account, message, signature)) return true;
      const where = at(await latest());
      const signed = { account, message, signature };
      return ask("a contract's signature", (client) => signedByContract(client, where, signed));
    },
    oracle: (address, block) => ask("an oracle", (client) => readOracle(client, address, at(block))),
    blockByHash: (blockHash) => ask("a block", (client) => readBlock(client, { blockHash })),
    blockByNumber: (blockNumber) => ask("a block", (client) => readBlock(client, { blockNumber })),
    sending: sendingChain(endpoints),
  };
}
