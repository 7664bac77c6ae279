import { draftLeaf, type EvidenceDraft } from "../../domain/evidence.ts";
import type { Keccak } from "../../domain/keccak.ts";
import { receiptsData, receiptTree, type Receipt, type Received } from "../../domain/receipt.ts";
import type { NodeSigner } from "../../ports.ts";
import {
  itemKey,
  leafKey,
  leafText,
  readingKey,
  secretKey,
  slotKey,
  unreadKey,
  type HiddenItem,
  type ItemFacts,
} from "../../store/evidence.ts";
import type { RoundId } from "../../store/rounds.ts";
import type { Candidate } from "./candidate.ts";
import { needsReading } from "./limits.ts";
import { slotText } from "./plan.ts";
import type { Vault } from "./vault.ts";

/** A candidate that got its place. */
export interface Placed {
  readonly candidate: Candidate;
  readonly position: number;
  readonly sequence: number;
}

/** What an item is written with. */
export interface RowParts {
  readonly signer: NodeSigner;
  readonly keccak: Keccak;
  readonly vault: Vault;
}

/**
 * The facts of items that come in together, receipts included: one signature over all of them.
 * @param placed at least one, all of one pool
 * @param receivedAt seconds
 */
export async function factsOf(parts: RowParts, placed: readonly Placed[], receivedAt: number): Promise<ItemFacts[]> {
  const received = placed.map((one) => receivedOf(parts.keccak, one, receivedAt));
  const { root, proofs } = receiptTree(received, parts.keccak);
  const { chainId, pool } = received[0]!;
  const signature = await parts.signer.sign(receiptsData(chainId, pool, root));
  const signed = { receivedAt, intake: parts.signer.address, signature };
  return placed.map((one, i) => {
    const { kind, name, mediaType, source, sequence, salt } = draftOf(one);
    const { contentHash, blob, submission } = one.candidate;
    const content = { size: submission.bytes.length, contentHash, blob };
    const fixed = { kind, name, mediaType, source, sequence, salt };
    return { leaf: received[i]!.leaf, ...fixed, ...content, ...signed, proof: proofs[i]! };
  });
}

/** The receipt of an item. */
export function receiptOf({ chainId, pool, round }: RoundId, position: number, facts: ItemFacts): Receipt {
  const { leaf, source, receivedAt, intake, proof, signature } = facts;
  const received = { chainId, pool, round, position, leaf, source, receivedAt };
  return { format: "guerdon/receipt/1", ...received, intake, proof, signature };
}

/** What is written for an item. */
export function rowsOf({ vault }: Pick<RowParts, "vault">, placed: Placed, facts: ItemFacts): [string, string][] {
  const { candidate, position } = placed;
  const { submission: id, inline } = candidate;
  const { leaf } = facts;
  const rows: [string, string][] = [
    [leafKey(id, leaf), leafText({ position, content: inline })],
    [slotKey(id, candidate.slot), slotText(position, candidate)],
  ];
  if (candidate.key === null) rows.push([itemKey(id, position), JSON.stringify(facts)]);
  else rows.push(...hiddenRows(vault, placed, facts, candidate.key));
  if (needsReading(facts.mediaType)) {
    const { chainId, pool, round } = id;
    rows.push([readingKey(id, leaf), "pending"], [unreadKey(leaf), JSON.stringify({ chainId, pool, round, leaf })]);
  }
  return rows;
}

function hiddenRows(vault: Vault, { candidate, position }: Placed, facts: ItemFacts, key: Buffer): [string, string][] {
  const { submission: id, slot } = candidate;
  const { leaf, receivedAt } = facts;
  const hidden: HiddenItem = { leaf, receivedAt, private: true };
  const secret = { facts, key: key.toString("base64"), subject: id.subject ?? null, slot };
  return [
    [itemKey(id, position), JSON.stringify(hidden)],
    [secretKey(id, leaf), vault.wrap(secret, id, leaf)],
  ];
}

function receivedOf(keccak: Keccak, placed: Placed, receivedAt: number): Received {
  const { submission, contentHash } = placed.candidate;
  const { chainId, pool, round, source } = submission;
  const leaf = draftLeaf(draftOf(placed), contentHash, keccak);
  return { chainId, pool, round, position: placed.position, leaf, source, receivedAt };
}

function draftOf({ candidate, sequence }: Placed): EvidenceDraft {
  const { kind, name, mediaType, source } = candidate.submission;
  return { kind, name, mediaType, source, sequence, salt: candidate.salt };
}
