import type { Hex } from "viem";
import { evidenceItem, type EvidenceItem } from "../../domain/evidence.ts";
import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import type { Keccak } from "../../domain/keccak.ts";
import type { Receipt } from "../../domain/receipt.ts";
import type { BlobStore, Store } from "../../ports.ts";
import {
  blobKey,
  listItems,
  readingKey,
  readItem,
  readLeaf,
  secretKey,
  textKey,
  type ItemFacts,
  type ItemRow,
  type Secret,
} from "../../store/evidence.ts";
import type { RoundId } from "../../store/rounds.ts";
import { checkRound, type AcceptParts } from "./accept.ts";
import { isOracle, mayRead, type Viewer } from "./access.ts";
import type { ClosedRound, ClosedRounds } from "./closed.ts";
import { needsReading } from "./limits.ts";
import type { PoolInfo } from "./parts.ts";
import { receiptAgain } from "./receipts.ts";
import type { Vault } from "./vault.ts";

export interface ReadParts extends Pick<AcceptParts, "poolInfo" | "signer" | "clock"> {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly vault: Vault;
  readonly keccak: Keccak;
}

/** Where the reading of an item's text stands; `none` where its text is the item itself. */
export const READINGS = ["none", "pending", "done", "failed"] as const;
export type Reading = (typeof READINGS)[number];

/** What anybody may know of an item. Of private ones, erased or not, there is no more than that there is one. */
export type Summary =
  | { readonly leaf: Hex; readonly position: number; readonly receivedAt: number; readonly private: true }
  | ({
      readonly position: number;
      readonly private: false;
      readonly text: Reading;
    } & Pick<
      ItemFacts,
      "leaf" | "receivedAt" | "kind" | "name" | "mediaType" | "source" | "sequence" | "size" | "contentHash"
    >);

/** An item with what ties it to the round's root. */
export interface Opened {
  readonly item: EvidenceItem;
  readonly position: number;
  /** From the leaf to the evidence root; `null` while the round is open. */
  readonly proof: readonly Hex[] | null;
  /** Whether it is a public item of a closed round, which never changes. */
  readonly lasting: boolean;
}

/** An item's bytes. */
export interface Downloaded extends Pick<Opened, "lasting"> {
  readonly facts: ItemFacts;
  readonly bytes: Uint8Array;
}

/** An item as it is kept. */
export interface Kept {
  readonly facts: ItemFacts;
  /** Content as it stands in the store, if it does. */
  readonly inline: string | null;
  /** Of a private item, and the text it is wrapped in. */
  readonly secret: Secret | null;
  readonly wrapped: string | null;
}

/** An item that a viewer may see. */
export interface Found extends Kept {
  readonly info: PoolInfo;
  readonly position: number;
}

/** What reads evidence. @see Intake */
export function createReader(parts: ReadParts, closed: ClosedRounds) {
  return {
    async open(id: RoundId, leaf: Hex, viewer: Viewer): Promise<Opened> {
      const found = await find(parts, id, leaf, viewer);
      const round = readable(await closed(id), found, viewer);
      const item = evidenceItem(found.facts, await contentOf(parts, id, found));
      return { item, position: found.position, proof: round?.proof(leaf) ?? null, lasting: lasts(round, leaf) };
    },

    async content(id: RoundId, leaf: Hex, viewer: Viewer): Promise<Downloaded> {
      const found = await find(parts, id, leaf, viewer);
      const round = readable(await closed(id), found, viewer);
      return { facts: found.facts, bytes: await contentOf(parts, id, found), lasting: lasts(round, leaf) };
    },

    /** The text read out of a PDF or an image, cleaned; `null` where there is none (yet). */
    async text(id: RoundId, leaf: Hex, viewer: Viewer): Promise<string | null> {
      const found = await find(parts, id, leaf, viewer);
      readable(await closed(id), found, viewer);
      const kept = await parts.store.get(textKey(id, leaf));
      if (kept === null || found.secret === null) return kept;
      const sealed = Buffer.from(kept, "base64");
      return parts.vault.unseal(keyOf(found.secret), sealed, id, `${leaf}/text`).toString("utf8");
    },

    async receipt(id: RoundId, leaf: Hex, viewer: Viewer): Promise<Receipt> {
      const found = await find(parts, id, leaf, viewer);
      return receiptAgain(parts, id, found.position, found);
    },

    async list(id: RoundId, after: number, limit: number): Promise<Summary[]> {
      await checkRound(parts, id);
      const items = await listItems(parts.store, id, after, limit);
      const read = items.flatMap(({ row }) => (isRead(row) ? [row.leaf] : []));
      const texts = read.length === 0 ? [] : await parts.store.getMany(read.map((leaf) => readingKey(id, leaf)));
      const readings = new Map(read.map((leaf, i) => [leaf, readingOf(texts[i] ?? null)]));
      return items.map(({ position, row }) => summaryOf(position, row, readings));
    },
  };
}

/**
 * An item, private ones only for those who may read them.
 * @throws IntakeRefusal `unknown-item`, `erased`, `not-entitled`
 */
export async function find(parts: ReadParts, id: RoundId, leaf: Hex, viewer: Viewer): Promise<Found> {
  const info = await checkRound(parts, id);
  const place = await readLeaf(parts.store, id, leaf);
  const row = place === null ? null : await readItem(parts.store, id, place.position);
  if (place === null || row === null) {
    throw new IntakeRefusal("unknown-item", { field: "leaf", value: leaf, limit: "the leaf of an item of the round" });
  }
  const { position, content: inline } = place;
  if (!("private" in row)) return { info, position, facts: row, inline, secret: null, wrapped: null };
  const wrapped = await parts.store.get(secretKey(id, leaf));
  if (wrapped === null)
    throw new IntakeRefusal("erased", { field: "leaf", value: leaf, limit: "an item that is kept" });
  const secret = parts.vault.unwrap(wrapped, id, leaf);
  if (!mayRead(info, { source: secret.facts.source, subject: secret.subject }, viewer)) {
    throw new IntakeRefusal("not-entitled", {
      field: "leaf",
      value: leaf,
      limit: "one's own item, or one's part in the pool",
    });
  }
  return { info, position, facts: secret.facts, inline: null, secret, wrapped };
}

/** The bytes of an item that was found. @throws IntakeRefusal `erased` where it was erased meanwhile */
export async function contentOf(parts: ReadParts, id: RoundId, { facts, inline, secret }: Kept): Promise<Uint8Array> {
  if (facts.blob === null) return Buffer.from(inline ?? "", "utf8");
  const bytes = await parts.blobs.get(blobKey(id, facts.blob));
  if (bytes === null && secret !== null) {
    throw new IntakeRefusal("erased", { field: "leaf", value: facts.leaf, limit: "an item that is kept" });
  }
  if (bytes === null) throw new Error("the blob of an item is missing");
  return secret === null ? bytes : parts.vault.unseal(keyOf(secret), bytes, id, facts.blob);
}

export function keyOf({ key }: Secret): Buffer {
  return Buffer.from(key, "base64");
}

/** While a round is open, content is for its source and the oracle: nobody shapes evidence by what others sent. */
function readable(round: ClosedRound | null, found: Found, viewer: Viewer): ClosedRound | null {
  if (round !== null || found.secret !== null) return round;
  if (viewer === found.facts.source || isOracle(found.info, viewer)) return null;
  const limit = "after the round's evidence is closed; before that, its source and the oracle's nodes";
  throw new IntakeRefusal("not-frozen", { field: "leaf", value: found.facts.leaf, limit });
}

function lasts(round: ClosedRound | null, leaf: Hex): boolean {
  return round !== null && !round.isWithheld(leaf);
}

function isRead(row: ItemRow): row is ItemFacts {
  return !("private" in row) && needsReading(row.mediaType);
}

function readingOf(text: string | null): Reading {
  if (text === null || text === "pending") return "pending";
  return text === "done" ? "done" : "failed";
}

function summaryOf(position: number, row: ItemRow, readings: ReadonlyMap<Hex, Reading>): Summary {
  if ("private" in row) return { leaf: row.leaf, position, receivedAt: row.receivedAt, private: true };
  const { leaf, receivedAt, kind, name, mediaType, source, sequence, size, contentHash } = row;
  const text = readings.get(leaf) ?? "none";
  const facts = { leaf, receivedAt, kind, name, mediaType, source, sequence, size, contentHash };
  return { ...facts, position, private: false, text };
}
