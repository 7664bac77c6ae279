import { bytesToHex, type Hex } from "viem";
import { z } from "zod";
import { digestOf, poolDomain, typedData } from "../../contracts/protocol/typed-data.ts";
import { abiBytes } from "./abi.ts";
import { viemKeccak, type Keccak } from "./keccak.ts";
import { merkleTree, rootAbove } from "./merkle.ts";
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

/** Hash of one receipt: keccak256 of the ABI encoding of round, position, leaf, source and time. */
export function receiptHash(received: Received, keccak: Keccak = viemKeccak): Hex {
  const { round, position, leaf, source, receivedAt } = received;
  const values = [{ uint: round }, { uint: position }, { word: leaf }, { text: source }, { uint: receivedAt }];
  return bytesToHex(keccak(abiBytes(values)));
}

/** A tree over receipts that are signed together, all of one pool. @param received at least one */
export function receiptTree(
  received: readonly Received[],
  keccak: Keccak = viemKeccak,
): { root: Hex; proofs: Hex[][] } {
  const { root, proof } = merkleTree(
    received.map((one) => receiptHash(one, keccak)),
    keccak,
  );
  return { root, proofs: received.map((_, i) => proof(i)) };
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
