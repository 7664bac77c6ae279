import type { Hex } from "viem";
import type { Keccak } from "../../domain/keccak.ts";
import { merkleTree } from "../../domain/merkle.ts";
import { receiptHash, receiptsData, type Receipt, type Received } from "../../domain/receipt.ts";
import type { NodeSigner, Store } from "../../ports.ts";
import { receiptsKey, receiptsRowSchema, type ItemFacts, type Secret } from "../../store/evidence.ts";
import type { RoundId } from "../../store/rounds.ts";

/** A receipt with its signature, and what it is signed with. */
export interface Signed {
  readonly received: Received;
  readonly proof: readonly Hex[];
  readonly intake: Hex;
  readonly signature: Hex;
  /** Root of the receipts signed together; `null` where it was signed alone. */
  readonly receipts: Hex | null;
}

export interface ReceiptParts {
  readonly store: Store;
  readonly signer: NodeSigner;
  readonly keccak: Keccak;
}

/**
 * Signs receipts of one pool together.
 * @param received at least one
 * @returns the receipts, and the row that keeps what they share
 */
export async function signTogether(
  { signer, keccak }: Omit<ReceiptParts, "store">,
  received: readonly Received[],
): Promise<{ signed: Signed[]; row: [string, string] }> {
  const hashes = received.map((one) => receiptHash(one, keccak));
  const { root, proof } = merkleTree(hashes, keccak);
  const { chainId, pool } = received[0]!;
  const signature = await signer.sign(receiptsData(chainId, pool, root));
  const shared = { intake: signer.address, signature, receipts: root };
  const row = { intake: signer.address, signature, hashes: hashes.map((hash) => hash.slice(2)).join("") };
  return {
    signed: received.map((one, i) => ({ received: one, proof: proof(i), ...shared })),
    row: [receiptsKey(received[0]!, root), JSON.stringify(row)],
  };
}

/** Signs a receipt alone: nothing of it stands in another's proof, so it can be erased. */
export async function signAlone({ signer, keccak }: Omit<ReceiptParts, "store">, received: Received): Promise<Signed> {
  const signature = await signer.sign(receiptsData(received.chainId, received.pool, receiptHash(received, keccak)));
  return { received, proof: [], intake: signer.address, signature, receipts: null };
}

/** The receipt as its holder gets it. */
export function receiptOf({ received, proof, intake, signature }: Signed): Receipt {
  return { format: "guerdon/receipt/1", ...received, intake, proof: [...proof], signature };
}

/** The receipt of an item that was taken in before. */
export async function receiptAgain(
  { store, keccak }: Omit<ReceiptParts, "signer">,
  { chainId, pool, round }: RoundId,
  position: number,
  { facts, secret }: { readonly facts: ItemFacts; readonly secret: Secret | null },
): Promise<Receipt> {
  const { leaf, source, receivedAt } = facts;
  const received = { chainId, pool, round, position, leaf, source, receivedAt };
  if (secret !== null) {
    const { intake, signature } = secret;
    return receiptOf({ received, proof: [], intake, signature, receipts: null });
  }
  const text = await store.get(receiptsKey(received, facts.receipts!));
  if (text === null) throw new Error("receipts that an item was signed with are missing");
  const { intake, signature, hashes } = receiptsRowSchema.parse(JSON.parse(text));
  const all = (hashes.match(/.{64}/g) ?? []).map((hash): Hex => `0x${hash}`);
  const proof = merkleTree(all, keccak).proof(all.indexOf(receiptHash(received, keccak)));
  return receiptOf({ received, proof, intake, signature, receipts: facts.receipts });
}
