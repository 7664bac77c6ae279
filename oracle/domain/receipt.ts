import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { encodeAbiParameters, keccak256, parseAbiParameters, type Hex } from "viem";
import { z } from "zod";
import { digestOf, poolDomain, typedData } from "../../contracts/protocol/typed-data.ts";
import { addressSchema, bytes32Schema, signatureSchema } from "./schema.ts";
import { signatureProblem } from "./signatures.ts";

/** What an intake says of an item it has stored. */
export const receivedSchema = z.strictObject({
  chainId: z.int().min(1),
  pool: addressSchema,
  round: z.int().min(0).max(519),
  /** Place in the order in which the round's evidence came in, counted from 1. */
  position: z.int().min(1).max(0xffffffff),
  leaf: bytes32Schema,
  source: z.string().min(1),
  /** Seconds, by the intake's clock. */
  receivedAt: z.int().min(0),
});

/**
 * An intake's word that it has stored an item, and that it belongs to the round. Receipts given at the same time share one
 * signature: it is over the root of a tree of them, EIP-712 `Receipts(bytes32 root)` in the pool's domain. Whoever holds a
 * receipt whose leaf is not under the round's evidence root has proof of an omission.
 */
export const receiptSchema = receivedSchema.extend({
  format: z.literal("guerdon/receipt/1"),
  /** Lower case. */
  intake: addressSchema,
  /** From the receipt up to the root that is signed; empty where it was given alone. */
  proof: z.array(bytes32Schema).max(32),
  signature: signatureSchema,
});

export type Received = z.output<typeof receivedSchema>;
export type Receipt = z.output<typeof receiptSchema>;

const RECEIPT = parseAbiParameters("uint32, uint32, bytes32, string, uint64");

/** Hash of one receipt: keccak256 of the ABI encoding of round, position, leaf, source and time. */
export function receiptHash({ round, position, leaf, source, receivedAt }: Received): Hex {
  return keccak256(encodeAbiParameters(RECEIPT, [round, position, leaf, source, BigInt(receivedAt)]));
}

/** A tree over receipts that are signed together, all of one pool. @param received at least one */
export function receiptTree(received: readonly Received[]): { root: Hex; proofs: Hex[][] } {
  const tree = SimpleMerkleTree.of(received.map(receiptHash));
  return { root: tree.root as Hex, proofs: received.map((_, i) => tree.getProof(i) as Hex[]) };
}

/** What an intake signs over a tree of receipts. */
export function receiptsData(chainId: number, pool: Hex, root: Hex) {
  return typedData("Receipts", poolDomain(chainId, pool), { root });
}

/** What is wrong with a receipt, or `null`. */
export function receiptProblem(receipt: Receipt): Promise<string | null> {
  const root = rootAbove(receiptHash(receipt), receipt.proof);
  const digest = digestOf(receiptsData(receipt.chainId, receipt.pool, root));
  return signatureProblem(digest, { node: receipt.intake, signature: receipt.signature });
}

/** The root a proof leads to: pairs are sorted before they are hashed, as in OpenZeppelin's MerkleProof. */
function rootAbove(leaf: Hex, proof: readonly Hex[]): Hex {
  return proof.reduce((hash, other) => {
    const [low, high] = hash < other ? [hash, other] : [other, hash];
    return keccak256(`${low}${high.slice(2)}`);
  }, leaf);
}
