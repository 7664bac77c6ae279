import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import type { Hex } from "viem";
import { z } from "zod";
import { evidenceItemSchema, leafOf, withheldItemSchema } from "../domain/evidence.ts";
import type { EvidenceItem, WithheldItem } from "../domain/evidence.ts";

/** A bundle's evidence, laid out to prove items of it. */
interface Proven {
  readonly items: ReadonlyMap<Hex, EvidenceItem | WithheldItem>;
  readonly tree: SimpleMerkleTree;
}

/** An item and what shows that it is under the bundle's evidence root. */
export interface ProvenItem {
  readonly item: EvidenceItem | WithheldItem;
  readonly proof: readonly Hex[];
  readonly evidenceRoot: Hex;
}

/** How many bundles are kept laid out: reading one anew takes as long as hashing all of it. */
const KEPT = 4;

const evidencePart = z.object({ evidence: z.array(z.union([evidenceItemSchema, withheldItemSchema])).min(1) });

/** Proves items of bundles, by the bundle's hash and bytes. `null` where the bundle has no such leaf. */
export function bundleProofs(): (hash: Hex, bytes: Uint8Array, leaf: Hex) => ProvenItem | null {
  const kept = new Map<Hex, Proven>();
  return (hash, bytes, leaf) => {
    const proven = kept.get(hash) ?? layOut(bytes);
    kept.delete(hash);
    kept.set(hash, proven);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    const item = proven.items.get(leaf);
    if (item === undefined) return null;
    return { item, proof: proven.tree.getProof(leaf) as Hex[], evidenceRoot: proven.tree.root as Hex };
  };
}

function layOut(bytes: Uint8Array): Proven {
  const { evidence } = evidencePart.parse(JSON.parse(new TextDecoder().decode(bytes)));
  const leaves = evidence.map((item) => leafOf(item));
  const items = new Map(leaves.map((leaf, i) => [leaf, evidence[i]!]));
  return { items, tree: SimpleMerkleTree.of(leaves) };
}
