import type { Hex } from "viem";
import { z } from "zod";
import { EVIDENCE_KINDS, MEDIA_TYPES } from "../domain/evidence.ts";
import { addressSchema, bytes32Schema, signatureSchema } from "../domain/schema.ts";
import type { Store } from "../ports.ts";
import type { RoundId } from "./rounds.ts";

/** Everything about a round's evidence is stored below this. */
export function evidenceKey({ chainId, pool, round }: RoundId): string {
  return `evidence/${chainId}/${pool}/${String(round).padStart(5, "0")}`;
}

/** What stands under a round's evidence, by kind of key. Names of sources and of what they sent appear as keyed digests only. */
export const stateKey = (id: RoundId): string => `${evidenceKey(id)}/state`;
export const frozenKey = (id: RoundId): string => `${evidenceKey(id)}/frozen`;
export const leafKey = (id: RoundId, leaf: Hex): string => `${evidenceKey(id)}/leaf/${leaf}`;
export const secretKey = (id: RoundId, leaf: Hex): string => `${evidenceKey(id)}/secret/${leaf}`;
export const slotKey = (id: RoundId, digest: string): string => `${evidenceKey(id)}/slot/${digest}`;
export const sourceKey = (id: RoundId, digest: string): string => `${evidenceKey(id)}/source/${digest}`;
export const readingKey = (id: RoundId, leaf: Hex): string => `${evidenceKey(id)}/reading/${leaf}`;
export const textKey = (id: RoundId, leaf: Hex): string => `${evidenceKey(id)}/text/${leaf}`;

export function itemKey(id: RoundId, position: number): string {
  return `${evidenceKey(id)}/item/${String(position).padStart(8, "0")}`;
}

/** Items whose text is still to be read, of all rounds. */
export const UNREAD = "evidence/unread/";

/** Receipts that were signed together, by the root of their tree. Their hashes say nothing of private items: those are signed alone. */
export function receiptsKey({ chainId, pool }: RoundId, root: Hex): string {
  return `receipts/${chainId}/${pool}/${root}`;
}
export const unreadKey = (leaf: Hex): string => `${UNREAD}${leaf}`;

const count = z.int().min(0);

/** How much a round holds, and since when it is closed. Every change to a round's evidence changes this, and is bound to it. */
export const roundStateSchema = z.strictObject({
  items: count,
  /** As a bundle spells them. */
  bytes: count,
  /** Of these, documents and links. */
  sentItems: count,
  sentBytes: count,
  /** Block time, seconds; `null` while the round is open. */
  closedAt: count.nullable(),
});
export type RoundEvidence = z.output<typeof roundStateSchema>;

export const EMPTY_ROUND: RoundEvidence = { items: 0, bytes: 0, sentItems: 0, sentBytes: 0, closedAt: null };

/** What one source has sent for a round, telemetry apart: how much, and the next sequence by digest of the name. */
export const sourceRowSchema = z.strictObject({ items: count, bytes: count, next: z.record(z.string(), count) });
export type SourceRow = z.output<typeof sourceRowSchema>;

/** An item but for its content. */
export const itemFactsSchema = z.strictObject({
  leaf: bytes32Schema,
  /** Seconds. */
  receivedAt: count,
  kind: z.enum(EVIDENCE_KINDS),
  name: z.string(),
  mediaType: z.enum(MEDIA_TYPES),
  source: z.string(),
  sequence: count,
  salt: bytes32Schema,
  size: count,
  contentHash: bytes32Schema,
  /** Name of its blob; `null` where its content stands beside its leaf. */
  blob: z.string().nullable(),
  /** Root of the receipts it was signed with; `null` where it was signed alone. */
  receipts: bytes32Schema.nullable(),
});
export type ItemFacts = z.output<typeof itemFactsSchema>;

/** All that is known of a private item without its key, before and after it is erased. */
export const hiddenItemSchema = z.strictObject({ leaf: bytes32Schema, receivedAt: count, private: z.literal(true) });
export type HiddenItem = z.output<typeof hiddenItemSchema>;

const itemRowSchema = z.union([hiddenItemSchema, itemFactsSchema]);
export type ItemRow = HiddenItem | ItemFacts;

/** What is kept of a private item, encrypted as a whole. */
export const secretSchema = z.strictObject({
  facts: itemFactsSchema,
  /** Of the blob and of the text read out of it; 32 bytes in base64. */
  key: z.string(),
  subject: addressSchema.nullable(),
  /** Digest of the slot it takes. */
  slot: z.string(),
  /** Its receipt's. */
  intake: addressSchema,
  signature: signatureSchema,
});
export type Secret = z.output<typeof secretSchema>;

/** Receipts under one signature. */
export const receiptsRowSchema = z.strictObject({
  intake: addressSchema,
  signature: signatureSchema,
  /** All their hashes, 64 digits each. */
  hashes: z.string(),
});
export type ReceiptsRow = z.output<typeof receiptsRowSchema>;

/** The text under a round's state, for conditions, and what it says. */
export async function readRound(store: Store, id: RoundId): Promise<{ text: string | null; state: RoundEvidence }> {
  const text = await store.get(stateKey(id));
  return { text, state: parseRound(text) };
}

export function parseRound(text: string | null): RoundEvidence {
  return text === null ? EMPTY_ROUND : roundStateSchema.parse(JSON.parse(text));
}

export function parseSource(text: string | null | undefined): SourceRow {
  return text == null ? { items: 0, bytes: 0, next: {} } : sourceRowSchema.parse(JSON.parse(text));
}

/** Items that were written together stand in one row, under the position of the first of them. */
function parseItems(text: string): ItemRow[] {
  return z.array(itemRowSchema).parse(JSON.parse(text));
}

/** The item at a position; `null` where there is none. */
export async function readItem(store: Store, id: RoundId, position: number): Promise<ItemRow | null> {
  const row = await rowAt(store, id, position);
  return row === null ? null : (row.items[position - row.first] ?? null);
}

/** The row that an item at this position would stand in. */
async function rowAt(store: Store, id: RoundId, position: number): Promise<{ first: number; items: ItemRow[] } | null> {
  const listing = { after: itemKey(id, position + 1), reverse: true, limit: 1 };
  const [entry] = await store.list(`${evidenceKey(id)}/item/`, listing);
  return entry === undefined ? null : { first: positionIn(entry.key), items: parseItems(entry.value) };
}

function positionIn(key: string): number {
  return Number(key.slice(-8));
}

/** Where an item is, and its content where that is kept here. */
export interface LeafRow {
  readonly position: number;
  readonly content: string | null;
}

export function leafText({ position, content }: LeafRow): string {
  return content === null ? String(position) : `${position}\n${content}`;
}

export async function readLeaf(store: Store, id: RoundId, leaf: Hex): Promise<LeafRow | null> {
  const text = await store.get(leafKey(id, leaf));
  if (text === null) return null;
  const end = text.indexOf("\n");
  if (end === -1) return { position: Number(text), content: null };
  return { position: Number(text.slice(0, end)), content: text.slice(end + 1) };
}

/** Items after a position, in order. */
export async function listItems(
  store: Store,
  id: RoundId,
  after: number,
  limit: number,
): Promise<{ position: number; row: ItemRow }[]> {
  const begun = await rowAt(store, id, after + 1);
  const found: { position: number; row: ItemRow }[] = [];
  const take = (first: number, items: readonly ItemRow[]): void => {
    items.forEach((row, i) => {
      if (first + i > after && found.length < limit) found.push({ position: first + i, row });
    });
  };
  if (begun !== null) take(begun.first, begun.items);
  for (let last = begun?.first ?? 0; found.length < limit;) {
    const rows = await store.list(`${evidenceKey(id)}/item/`, { after: itemKey(id, last), limit: ROWS });
    for (const { key, value } of rows) take(positionIn(key), parseItems(value));
    if (rows.length < ROWS) break;
    last = positionIn(rows.at(-1)!.key);
  }
  return found;
}

/** How many rows of items are read at once. */
const ROWS = 50;

/** Name of a blob in the blob store. */
export function blobKey(id: RoundId, blob: string): string {
  return `${evidenceKey(id)}/${blob}`;
}
