import { bytesToHex, stringToBytes, type Hex } from "viem";
import { canonicalJson } from "../canonical.ts";
import { viemKeccak, type Keccak } from "../keccak.ts";

/** What a draw hangs on: a seed that nobody knew when the list was fixed, and what the draw is for. */
export interface DrawSeed {
  /** Hash of a block, 32 bytes in lower case. */
  readonly seed: Hex;
  /** Address of the pool, in lower case. */
  readonly pool: Hex;
  readonly round: number;
}

/** 256 pseudorandom bits for one purpose and one thing: keccak256 of the canonical JSON of all of it. */
export function ticket(
  { seed, pool, round }: DrawSeed,
  purpose: string,
  parts: readonly string[],
  keccak: Keccak = viemKeccak,
): Hex {
  return bytesToHex(keccak(stringToBytes(canonicalJson(["guerdon/draw/1", seed, pool, round, purpose, ...parts]))));
}

/**
 * A whole number from 0 to `below` − 1. What is uneven about it is less than `below` / 2^256.
 */
export function uniform(
  seed: DrawSeed,
  purpose: string,
  parts: readonly string[],
  below: number,
  keccak?: Keccak,
): number {
  return Number(BigInt(ticket(seed, purpose, parts, keccak)) % BigInt(below));
}

/**
 * The `count` things with the lowest tickets, in the order of their tickets: a simple random sample without replacement, whatever
 * order they come in, as tickets hang on the things alone (Fan, Muller & Rezucha 1962; permanent random numbers, Ohlsson 1995).
 * @param partsOf names a thing; no two things alike
 */
export function lowest<T>(
  seed: DrawSeed,
  purpose: string,
  things: readonly T[],
  count: number,
  partsOf: (thing: T) => readonly string[],
  keccak?: Keccak,
): T[] {
  const drawn = things.map((thing) => ({ thing, key: ticket(seed, purpose, partsOf(thing), keccak) }));
  drawn.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return drawn.slice(0, count).map(({ thing }) => thing);
}
