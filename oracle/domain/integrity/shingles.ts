import { keccak256, stringToBytes } from "viem";
import { plainText } from "../plain-text.ts";

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
/** Words in a row. */
const WIDTH = 3;
/** Smallest hashes that stand for a set. */
const SKETCH = 64;

/**
 * The distinct runs of three words of a text, in lower case; in scripts without spaces each character is a word (Broder, "On the
 * resemblance and containment of documents", 1997).
 */
export function shinglesOf(text: string): Set<string> {
  const words = plainText(text).toLowerCase().replace(UNSPACED, " $& ").match(WORD) ?? [];
  const shingles = new Set<string>();
  for (let i = 0; i + WIDTH <= words.length; i++) shingles.add(words.slice(i, i + WIDTH).join(" "));
  return shingles;
}

/** What two sets have in common, by their resemblance: |A ∩ B| / |A ∪ B| (Jaccard), 0 where both are empty. */
export function jaccard(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const [small, large] = one.size <= other.size ? [one, other] : [other, one];
  let both = 0;
  for (const item of small) if (large.has(item)) both++;
  const either = one.size + other.size - both;
  return either === 0 ? 0 : both / either;
}

/**
 * How much of the smaller of two sets is in the larger: |A ∩ B| / min(|A|, |B|), from their Jaccard similarity J as
 * |A ∩ B| = J (|A| + |B|) / (1 + J). It finds a copy of which clauses were left out, where the resemblance is low.
 */
export function containment(similarity: number, one: number, other: number): number {
  const smaller = Math.min(one, other);
  return smaller === 0 ? 0 : Math.min(1, (similarity * (one + other)) / (1 + similarity) / smaller);
}

/** The smallest 64 hashes of a set, ascending: the first 48 bits of each item's keccak256. */
export type Sketch = readonly number[];

/** A set's sketch: the bottom-k form of MinHash (Broder 1997). */
export function sketchOf(items: ReadonlySet<string>): Sketch {
  return [...items]
    .map(hashOf)
    .sort((a, b) => a - b)
    .slice(0, SKETCH);
}

/**
 * The Jaccard similarity of two sets by their sketches: of the 64 smallest hashes of their union, the share that is in both. Exact for
 * sets of up to 64 items together; else with a standard error of at most √(J(1 − J) / 64) ≤ 0.0625.
 */
export function sketchJaccard(one: Sketch, other: Sketch): number {
  let [i, j, either, both] = [0, 0, 0, 0];
  while (either < SKETCH && (i < one.length || j < other.length)) {
    const [left, right] = [one[i] ?? Infinity, other[j] ?? Infinity];
    if (left === right) both++;
    if (left <= right) i++;
    if (right <= left) j++;
    either++;
  }
  return either === 0 ? 0 : both / either;
}

function hashOf(item: string): number {
  const bytes = keccak256(stringToBytes(item), "bytes");
  return bytes.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0);
}
