import { hash, randomBytes, randomUUID } from "node:crypto";
import { bytesToHex, type Hex } from "viem";
import { bundledBytes, isText } from "../../domain/evidence.ts";
import type { Keccak } from "../../domain/keccak.ts";
import type { BlobStore } from "../../ports.ts";
import { blobKey } from "../../store/evidence.ts";
import { INLINE_BYTES } from "./limits.ts";
import type { CheckedSubmission } from "./submission.ts";
import type { Vault } from "./vault.ts";

const SALT_BYTES = 32;

/** A submission that waits for its place in the round. Its content is durable already where it is kept as a blob. */
export interface Candidate {
  readonly submission: CheckedSubmission;
  readonly salt: Hex;
  readonly contentHash: Hex;
  /** What it takes of a round's room: bytes as a bundle spells it, which is what all nodes have to carry. */
  readonly room: number;
  /** Content that is kept in the store itself. */
  readonly inline: string | null;
  readonly blob: string | null;
  /** Of a private item. */
  readonly key: Buffer | null;
  /** Digest of what makes it the same submission: for telemetry where it goes, for the rest what it is as well. */
  readonly slot: string;
  /** Digests of source and name, for documents and links. */
  readonly sender: { readonly source: string; readonly name: string } | null;
}

/** What candidates are made with. */
export interface CandidateParts {
  readonly blobs: BlobStore;
  readonly vault: Vault;
  readonly keccak: Keccak;
}

/**
 * Makes a candidate, and its blob where it needs one. A blob that no item refers to, because the process ended or the candidate
 * was refused, is harmless; `discard` removes it.
 */
export async function makeCandidate(parts: CandidateParts, submission: CheckedSubmission): Promise<Candidate> {
  const { bytes } = submission;
  const inline = isInline(submission)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8")
    : null;
  const key = submission.private ? parts.vault.newKey() : null;
  const blob = inline === null ? randomUUID() : null;
  if (blob !== null) {
    const kept = key === null ? bytes : parts.vault.seal(key, bytes, submission, blob);
    await parts.blobs.put(blobKey(submission, blob), kept);
  }
  const contentHash = bytesToHex(parts.keccak(bytes));
  const salt = freshSalt();
  const room = bundledBytes(submission, bytes);
  return { submission, salt, contentHash, room, inline, blob, key, ...digests(parts.vault, submission, contentHash) };
}

/** Removes what was written for a candidate that became no item. */
export async function discard(
  { blobs }: Pick<CandidateParts, "blobs">,
  { submission, blob }: Candidate,
): Promise<void> {
  if (blob !== null) await blobs.remove(blobKey(submission, blob));
}

/** Asking for random bytes takes much longer than making them, so they are made for many items at once. */
let pool = Buffer.alloc(0);

function freshSalt(): Hex {
  if (pool.length < SALT_BYTES) pool = randomBytes(256 * SALT_BYTES);
  const salt = pool.toString("hex", 0, SALT_BYTES);
  // What became the salt of an item that is erased may not stay in memory either.
  pool.fill(0, 0, SALT_BYTES);
  pool = pool.subarray(SALT_BYTES);
  return `0x${salt}`;
}

function isInline({ mediaType, bytes, private: hidden }: CheckedSubmission): boolean {
  return !hidden && bytes.length <= INLINE_BYTES && isText(mediaType);
}

function digests(vault: Vault, submission: CheckedSubmission, contentHash: Hex): Pick<Candidate, "slot" | "sender"> {
  const { kind, source, name, sequence, mediaType, private: hidden, subject } = submission;
  // Telemetry is public, and there is much of it: its slot is no secret, and a plain hash takes a fifth of the time.
  if (kind === "telemetry")
    return { slot: hash("sha256", JSON.stringify([source, name, sequence])).slice(0, 40), sender: null };
  const slot = vault.digest([kind, source, name, mediaType, hidden, subject ?? "", contentHash]);
  return { slot, sender: { source: vault.digest([source]), name: vault.digest([source, name]) } };
}
