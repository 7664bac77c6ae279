import { bytesToHex, type Hex } from "viem";
import { wordBytes } from "./abi.ts";
import { viemKeccak, type Keccak } from "./keccak.ts";

/** A Merkle tree over hashes. */
export interface MerkleTree {
  readonly root: Hex;
  /** What leads from a leaf to the root, by the leaf's place in what the tree was made of. @throws RangeError where there is none */
  proof(index: number): Hex[];
}

const WORD = 32;

/**
 * The tree of OpenZeppelin's `SimpleMerkleTree`: leaves sorted, pairs sorted before they are hashed, as its MerkleProof checks it.
 * In one array of bytes, so that a round's 50,000 leaves take a moment and not half a minute.
 * @param leaves at least one
 */
export function merkleTree(leaves: readonly Hex[], keccak: Keccak = viemKeccak): MerkleTree {
  if (leaves.length === 0) throw new RangeError("a Merkle tree needs at least one leaf");
  const nodes = new Uint8Array((2 * leaves.length - 1) * WORD);
  const places = placeLeaves(nodes, leaves);
  const pair = new Uint8Array(2 * WORD);
  for (let i = leaves.length - 2; i >= 0; i--) {
    writePair(pair, nodeAt(nodes, 2 * i + 1), nodeAt(nodes, 2 * i + 2));
    nodes.set(keccak(pair), i * WORD);
  }
  const hex = hexOfNodes(nodes);
  return { root: hex(0), proof: (index) => proofOf(hex, places[index]) };
}

/** The root that a proof leads to from a leaf. */
export function rootAbove(leaf: Hex, proof: readonly Hex[], keccak: Keccak = viemKeccak): Hex {
  const pair = new Uint8Array(2 * WORD);
  const root = proof.reduce((node, other) => {
    writePair(pair, node, wordBytes(other));
    return keccak(pair);
  }, wordBytes(leaf));
  return bytesToHex(root);
}

/** Writes the leaves, sorted, from the end; returns the place of each. */
function placeLeaves(nodes: Uint8Array, leaves: readonly Hex[]): Uint32Array {
  const places = new Uint32Array(leaves.length);
  const last = 2 * leaves.length - 2;
  const order = leaves.map((leaf, index) => ({ text: leaf.toLowerCase(), index }));
  order.sort((one, other) => (one.text < other.text ? -1 : one.text > other.text ? 1 : one.index - other.index));
  order.forEach(({ text, index }, rank) => {
    nodes.set(wordBytes(text), (last - rank) * WORD);
    places[index] = last - rank;
  });
  return places;
}

/** Nodes in hexadecimal, each turned into it once: proofs of neighbours are mostly the same. */
function hexOfNodes(nodes: Uint8Array): (place: number) => Hex {
  const known = new Map<number, Hex>();
  return (place) => {
    const before = known.get(place);
    if (before !== undefined) return before;
    const hex = bytesToHex(nodeAt(nodes, place));
    known.set(place, hex);
    return hex;
  };
}

function proofOf(hex: (place: number) => Hex, place: number | undefined): Hex[] {
  if (place === undefined) throw new RangeError("the tree has no such leaf");
  const proof: Hex[] = [];
  for (let at = place; at > 0; at = Math.floor((at - 1) / 2)) {
    proof.push(hex(at % 2 === 1 ? at + 1 : at - 1));
  }
  return proof;
}

function nodeAt(nodes: Uint8Array, place: number): Uint8Array {
  return nodes.subarray(place * WORD, (place + 1) * WORD);
}

function writePair(pair: Uint8Array, one: Uint8Array, other: Uint8Array): void {
  const inOrder = compare(one, other) <= 0;
  pair.set(inOrder ? one : other, 0);
  pair.set(inOrder ? other : one, WORD);
}

function compare(one: Uint8Array, other: Uint8Array): number {
  for (let i = 0; i < WORD; i++) {
    if (one[i] !== other[i]) return one[i]! - other[i]!;
  }
  return 0;
}
