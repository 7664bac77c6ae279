import { concat, hexToBytes, isHex, type Hex } from "viem";
import { InputError } from "../errors.ts";
import { viemKeccak, type Keccak } from "../keccak.ts";
import { checkWhole } from "./numbers.ts";

/**
 * Draws the items that people label: those with the smallest keccak256(seed ‖ item), in that order. Nobody can choose them who
 * cannot choose the seed, so take it from a block after the items are fixed; and a longer slice of the same seed begins with the
 * shorter one, so a slice can grow without choosing anew.
 * @param items different 32-byte ids, such as leaves of evidence, in any order
 * @param seed 32 bytes
 * @param count how many; all where there are fewer
 */
export function auditSlice(items: readonly Hex[], seed: Hex, count: number, keccak: Keccak = viemKeccak): Hex[] {
  checkWhole(count, "count", 0);
  for (const id of [seed, ...items]) {
    if (!isHex(id) || id.length !== 66) throw new InputError("not 32 bytes", { value: id, limit: "0x and 64 digits" });
  }
  if (new Set(items.map((item) => item.toLowerCase())).size !== items.length) {
    throw new InputError("an item stands twice", { limit: "different items" });
  }
  const ranked = items.map((item) => ({ item, rank: keccak(hexToBytes(concat([seed, item]))) }));
  return ranked
    .sort((one, other) => compareBytes(one.rank, other.rank))
    .slice(0, count)
    .map(({ item }) => item);
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const at = one.findIndex((byte, i) => byte !== other[i]);
  return at < 0 ? 0 : one[at]! - other[at]!;
}
