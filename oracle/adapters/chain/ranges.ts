import { isUnanswered } from "./endpoint.ts";

/** Blocks, both inclusive. */
export interface Range {
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
}

/** Asks for the whole range and halves it where the node refuses, as nodes differ in how much they give at once. */
export async function inRange<T>(
  fromBlock: bigint,
  toBlock: bigint,
  ask: (range: Range) => Promise<T[]>,
): Promise<T[]> {
  try {
    return await ask({ fromBlock, toBlock });
  } catch (error) {
    if (fromBlock >= toBlock || isUnanswered(error)) throw error;
    const middle = (fromBlock + toBlock) / 2n;
    return [...(await inRange(fromBlock, middle, ask)), ...(await inRange(middle + 1n, toBlock, ask))];
  }
}
