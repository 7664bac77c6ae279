import { network } from "hardhat";
import {
  encodeFunctionData,
  getContract,
  hexToBigInt,
  numberToHex,
  type Address,
  type Hex,
  type PublicClient,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { outcomePoolAbi, outcomePoolFactoryAbi, testStablecoinAbi } from "../../contracts/protocol/generated/abi.ts";
import type { Terms } from "../../contracts/protocol/terms.ts";

/** Multiplies the random cases of a run; 1 is what every push gets. */
export const RUNS = Number(process.env["RUNS"] ?? "1");

/** The oracle of the tests: it only signs. */
export const oracle = privateKeyToAccount(`0x${"07".repeat(32)}`);

/** What a transaction left behind. */
export interface Receipt {
  readonly time: bigint;
  readonly logs: readonly { readonly address: Address; readonly topics: readonly Hex[]; readonly data: Hex }[];
}

interface RawReceipt {
  status: Hex;
  blockNumber: Hex;
  logs: Receipt["logs"];
}

const GAS = numberToHex(16_000_000);

/** A fresh local chain with a factory and a token that anyone may mint. */
export async function startChain() {
  const connection = await network.create();
  const { provider, viem, ethers, networkHelpers } = connection;
  const client: PublicClient = await viem.getPublicClient();
  const factory = (await viem.deployContract("OutcomePoolFactory")).address;
  const token = (await viem.deployContract("TestStablecoin")).address;
  const accounts = (await provider.request({ method: "eth_accounts" })) as Address[];
  const implementation = await client.readContract({
    address: factory,
    abi: outcomePoolFactoryAbi,
    functionName: "implementation",
  });

  /** Time of the latest block, Unix seconds. */
  async function now(): Promise<bigint> {
    const block = (await provider.request({ method: "eth_getBlockByNumber", params: ["latest", false] })) as {
      timestamp: Hex;
    };
    return hexToBigInt(block.timestamp);
  }

  /** Mines a transaction, at a time where one is given; throws where it reverts. */
  async function send(from: Address, to: Address, data: Hex, at?: bigint): Promise<Receipt> {
    if (at !== undefined) await provider.request({ method: "evm_setNextBlockTimestamp", params: [numberToHex(at)] });
    const hash = await provider.request({ method: "eth_sendTransaction", params: [{ from, to, data, gas: GAS }] });
    const receipt = (await provider.request({ method: "eth_getTransactionReceipt", params: [hash] })) as RawReceipt;
    if (receipt.status !== "0x1") throw new Error("the transaction failed");
    return { time: await now(), logs: receipt.logs };
  }

  /** Mines an empty block at a time. */
  async function mineAt(time: bigint): Promise<void> {
    await provider.request({ method: "evm_mine", params: [numberToHex(time)] });
  }

  /** Address of the pool with these terms, made now unless it exists. */
  async function createPool(terms: Terms): Promise<Address> {
    const call = { abi: outcomePoolFactoryAbi, functionName: "create", args: [terms] } as const;
    const address = await client.readContract({
      address: factory,
      abi: outcomePoolFactoryAbi,
      functionName: "predict",
      args: [terms],
    });
    await send(accounts[0]!, factory, encodeFunctionData(call));
    return address;
  }

  const poolAt = (address: Address) => getContract({ address, abi: outcomePoolAbi, client });
  const tokenAt = () => getContract({ address: token, abi: testStablecoinAbi, client });

  return {
    connection,
    provider,
    ethers,
    networkHelpers,
    client,
    factory,
    implementation,
    token,
    accounts,
    now,
    send,
    mineAt,
    createPool,
    poolAt,
    tokenAt,
  };
}

export type Chain = Awaited<ReturnType<typeof startChain>>;
