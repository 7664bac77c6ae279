import {
  decodeFunctionResult,
  encodeFunctionData,
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  type Hex,
  type PublicClient,
} from "viem";
import { outcomePoolAbi } from "../../../contracts/protocol/generated/abi.ts";
import type { At } from "./blocks.ts";

type PoolAbi = typeof outcomePoolAbi;
type ViewName = ContractFunctionName<PoolAbi, "pure" | "view">;
/** What a view of the pool returns. */
export type PoolAnswer<Name extends ViewName> = ContractFunctionReturnType<PoolAbi, "view", Name>;

/**
 * Asks a pool the same question with each set of arguments, in calls of at most `size` questions.
 * @returns the answers in the order of the questions
 */
export type PoolReader = <Name extends ViewName>(
  name: Name,
  questions: readonly ContractFunctionArgs<PoolAbi, "view", Name>[],
  size: number,
) => Promise<PoolAnswer<Name>[]>;

/** Reads a pool at one block. Many questions go into one call through the pool's own `multicall`, which only an `eth_call` runs. */
export function poolReader(client: PublicClient, pool: Address, at: At): PoolReader {
  const ask = async (data: readonly Hex[]): Promise<readonly Hex[]> => {
    const bundle = encodeFunctionData({ abi: outcomePoolAbi, functionName: "multicall", args: [data] });
    const answer = await client.call({ to: pool, data: bundle, ...at });
    return decodeFunctionResult({ abi: outcomePoolAbi, functionName: "multicall", data: answer.data ?? "0x" });
  };
  return async <Name extends ViewName>(
    name: Name,
    questions: readonly ContractFunctionArgs<PoolAbi, "view", Name>[],
    size: number,
  ): Promise<PoolAnswer<Name>[]> => {
    // Inside, viem's types say no more than these do, and cannot be resolved for a name that is not known yet.
    const abi: Abi = outcomePoolAbi;
    const functionName: string = name;
    const calls = questions.map((args) => encodeFunctionData({ abi, functionName, args: args as unknown[] }));
    const answers = await inBatches(calls, size, ask);
    return answers.map((data) => decodeFunctionResult({ abi, functionName, data }) as PoolAnswer<Name>);
  };
}

/** Works through a list in parts of at most `size`, one after the other, and joins what they give. */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  size: number,
  work: (batch: readonly Item[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += size) results.push(...(await work(items.slice(from, from + size))));
  return results;
}

/** Hexadecimal in the one spelling documents have. */
export function lower(hex: Hex): Hex {
  return hex.toLowerCase() as Hex;
}
