import { draftLeaf, type EvidenceDraft } from "../../domain/evidence.ts";
import type { Received } from "../../domain/receipt.ts";
import {
  leafKey,
  leafText,
  readingKey,
  secretKey,
  slotKey,
  unreadKey,
  type ItemFacts,
  type ItemRow,
} from "../../store/evidence.ts";
import type { Keccak } from "../../domain/keccak.ts";
import type { Candidate } from "./candidate.ts";
import { needsReading } from "./limits.ts";
import type { Signed } from "./receipts.ts";
import type { Vault } from "./vault.ts";

/** A candidate that got its place. */
export interface Placed {
  readonly candidate: Candidate;
  readonly position: number;
  readonly sequence: number;
}

/** What the receipt of a placed candidate says. @param receivedAt seconds */
export function receivedOf(keccak: Keccak, placed: Placed, receivedAt: number): Received {
  const { submission, contentHash } = placed.candidate;
  const { chainId, pool, round, source } = submission;
  const leaf = draftLeaf(draftOf(placed), contentHash, keccak);
  return { chainId, pool, round, position: placed.position, leaf, source, receivedAt };
}

/** An item but for its content. */
export function factsOf(placed: Placed, { received, receipts }: Signed): ItemFacts {
  const { contentHash, blob, submission } = placed.candidate;
  const { leaf, receivedAt } = received;
  return { leaf, receivedAt, ...draftOf(placed), size: submission.bytes.length, contentHash, blob, receipts };
}

/** An item as everybody may see it. */
export function itemRow({ candidate }: Placed, facts: ItemFacts): ItemRow {
  return candidate.key === null ? facts : { leaf: facts.leaf, receivedAt: facts.receivedAt, private: true };
}

/** What is written for an item alone, beside the row that it shares with those that came with it. */
export function rowsOf(vault: Vault, placed: Placed, facts: ItemFacts, signed: Signed): [string, string][] {
  const { candidate, position } = placed;
  const { submission: id, inline } = candidate;
  const { leaf } = facts;
  const rows: [string, string][] = [
    [leafKey(id, leaf), leafText({ position, content: inline })],
    [slotKey(id, candidate.slot), String(position)],
  ];
  if (candidate.key !== null) rows.push(secretRow(vault, candidate, facts, signed, candidate.key));
  if (needsReading(facts.mediaType)) {
    const { chainId, pool, round } = id;
    rows.push([readingKey(id, leaf), "pending"], [unreadKey(leaf), JSON.stringify({ chainId, pool, round, leaf })]);
  }
  return rows;
}

function secretRow(
  vault: Vault,
  { submission: id, slot }: Candidate,
  facts: ItemFacts,
  { intake, signature }: Signed,
  key: Buffer,
): [string, string] {
  const secret = { facts, key: key.toString("base64"), subject: id.subject ?? null, slot, intake, signature };
  return [secretKey(id, facts.leaf), vault.wrap(secret, id, facts.leaf)];
}

function draftOf({ candidate, sequence }: Placed): EvidenceDraft {
  const { kind, name, mediaType, source } = candidate.submission;
  return { kind, name, mediaType, source, sequence, salt: candidate.salt };
}
