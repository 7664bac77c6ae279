import { concat, keccak256, stringToBytes, type Hex } from "viem";
import { InputError } from "../errors.ts";

/**
 * Items in an order that nobody could foresee before the seed was known: ascending keccak256(seed ‖ keccak256(id)). Independent of
 * the order they are given in.
 * @param seed hash of a block after the items were fixed, 32 bytes
 * @throws InputError where an id stands twice
 */
export function orderBySeed(ids: readonly string[], seed: Hex): string[] {
  if (new Set(ids).size !== ids.length) throw new InputError("an id stands twice", { limit: "each id once" });
  return ids
    .map((id) => ({ id, rank: keccak256(concat([seed, keccak256(stringToBytes(id))])) }))
    .sort((one, other) => (one.rank < other.rank ? -1 : 1))
    .map(({ id }) => id);
}

/** A number of 0 up to but without 1 for an id, even and independent of `orderBySeed`: 48 bits of keccak256(keccak256(id) ‖ seed). */
export function fractionBySeed(id: string, seed: Hex): number {
  const hash = keccak256(concat([keccak256(stringToBytes(id)), seed]));
  return Number(BigInt(hash.slice(0, 14))) / 0x1_0000_0000_0000;
}

/**
 * The random part of a round's items that people look at, whatever the machines found: the first ⌈share · n⌉ by seed, so at least one
 * where there is any and the share is above 0.
 * @param share 0 to 1
 * @throws InputError where the share is out of range or an id stands twice
 */
export function auditSlice(ids: readonly string[], seed: Hex, share: number): string[] {
  if (!(share >= 0 && share <= 1)) {
    throw new InputError("out of range", { field: "share", value: String(share), limit: "a number of 0 to 1" });
  }
  // A share such as 0.1 is a little more than a tenth; a count must not go up by one for it.
  return orderBySeed(ids, seed).slice(0, Math.ceil(ids.length * share - 1e-9));
}
