import { BaseError, type Address, type Hex, type PublicClient, type TransactionReceipt } from "viem";
import { TransactionReceiptNotFoundError } from "viem";
import { explainRevert } from "../../../contracts/protocol/errors.ts";
import type { Block } from "../../ports.ts";
import { at } from "./blocks.ts";
import type { Endpoints } from "./endpoints.ts";
import { lower } from "./pool-reader.ts";

/** A call that a transaction makes. */
export interface SentCall {
  readonly from: Address;
  readonly to: Address;
  readonly data: Hex;
  readonly gas?: bigint;
}

/** What became of a transaction that was mined. Amounts in wei. */
export interface Mined {
  readonly block: bigint;
  readonly blockHash: Hex;
  readonly succeeded: boolean;
  /** Gas used times the price paid. */
  readonly cost: bigint;
}

/** What sending transactions needs of a chain, as enough endpoints agree it is. */
export interface SendingChain {
  readonly chainId: number;
  /** Base fee of a block, wei per gas. */
  baseFee(block: Block): Promise<bigint>;
  /** How many transactions of an account are in the chain up to a block: its next nonce. */
  transactionCount(account: Address, block: Block): Promise<number>;
  /** Why the chain would refuse a call at a block, in words; `null` where it would take it. */
  refusal(call: SentCall, block: Block): Promise<string | null>;
  /** Gas a call needs, as endpoints estimate it, which differ: the highest that is not beyond what enough of them say. */
  gasNeeded(call: SentCall): Promise<bigint>;
  /** `null` where it is not part of the chain. */
  mined(hash: Hex): Promise<Mined | null>;
  /** Hands a signed transaction to all endpoints; how many took it, or have it already. */
  broadcast(raw: Hex): Promise<number>;
}

/** What endpoints say of a transaction they have already. */
const KNOWN = /already known|known transaction|already imported|already exists/i;

export function sendingChain(endpoints: Endpoints): SendingChain {
  return {
    chainId: endpoints.chainId,
    baseFee: (block) =>
      endpoints.ask("the base fee", async (client) => {
        const { baseFeePerGas } = await client.getBlock({ blockHash: block.hash });
        if (baseFeePerGas === null) throw new Error("the chain has no base fee");
        return baseFeePerGas;
      }),
    transactionCount: (address, block) =>
      endpoints.ask("a nonce", (client) => client.getTransactionCount({ address, ...at(block) })),
    refusal: (call, block) => endpoints.ask("a simulated call", (client) => simulate(client, call, block)),
    async gasNeeded({ from, to, data }) {
      const needs = await endpoints.gather("a gas estimate", (client) =>
        client.estimateGas({ account: from, to, data, blockTag: "latest" }),
      );
      // As many as may lie are left out at the top, so that one cannot name a wild number; what remains is no lower than an honest one.
      const dishonest = Math.min(endpoints.count - endpoints.agreement, needs.length - 1);
      return needs.sort((a, b) => (a > b ? -1 : 1))[dishonest]!;
    },
    mined: (hash) => endpoints.ask("a receipt", (client) => receiptOf(client, hash)),
    async broadcast(raw) {
      const taken = await endpoints.gather("sending", (client) => handOver(client, raw), 1).catch(() => []);
      return taken.filter((one) => one).length;
    },
  };
}

async function simulate(client: PublicClient, { from, to, data, gas }: SentCall, block: Block): Promise<string | null> {
  try {
    await client.call({ account: from, to, data, ...(gas === undefined ? {} : { gas }), ...at(block) });
    return null;
  } catch (error) {
    const revert = explainRevert(error);
    if (revert !== null) return revert.message;
    if (isSilentRevert(error)) return "The call fails without saying why.";
    throw error;
  }
}

/** A revert without data: the endpoint says so in words that viem knows. */
function isSilentRevert(error: unknown): boolean {
  return error instanceof BaseError && error.walk((one) => (one as Error).name === "ExecutionRevertedError") !== null;
}

async function receiptOf(client: PublicClient, hash: Hex): Promise<Mined | null> {
  let receipt: TransactionReceipt;
  try {
    receipt = await client.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return null;
    throw error;
  }
  return {
    block: receipt.blockNumber,
    blockHash: lower(receipt.blockHash),
    succeeded: receipt.status === "success",
    cost: receipt.gasUsed * receipt.effectiveGasPrice,
  };
}

async function handOver(client: PublicClient, raw: Hex): Promise<boolean> {
  try {
    await client.sendRawTransaction({ serializedTransaction: raw });
    return true;
  } catch (error) {
    return error instanceof BaseError && KNOWN.test(error.details);
  }
}
