import type { Hex } from "viem";
import { z } from "zod";
import type { BlobStore, Store } from "../ports.ts";

/** Where an outcome spec stands; its value is the spec's canonical JSON, or empty where that is among the blobs under this key. */
export const specKey = (hash: Hex): string => `specs/${hash}`;

/** Which specs an account brought. */
export const specsByKey = (account: string): string => `specs/by/${account}`;

const broughtSchema = z.array(z.string());

/** Hashes of the specs an account brought, and the text that says so, for conditions. */
export async function readBrought(store: Store, account: string): Promise<{ text: string | null; hashes: string[] }> {
  const text = await store.get(specsByKey(account));
  return { text, hashes: text === null ? [] : broughtSchema.parse(JSON.parse(text)) };
}

/** Longest spec that stands in the store itself, bytes; longer ones stand among the blobs. */
export const MAX_INLINE_SPEC = 64 * 1024;

/** The canonical bytes of a spec; `null` where it is not here. */
export async function readSpec(
  { store, blobs }: { readonly store: Store; readonly blobs: BlobStore },
  hash: Hex,
): Promise<Uint8Array | null> {
  const text = await store.get(specKey(hash));
  return text === "" ? blobs.get(specKey(hash)) : text === null ? null : Buffer.from(text, "utf8");
}

/** Keeps the canonical bytes of a spec that a node found elsewhere, under their hash. */
export async function keepSpec(
  { store, blobs }: { readonly store: Store; readonly blobs: BlobStore },
  hash: Hex,
  bytes: Uint8Array,
): Promise<void> {
  const long = bytes.length > MAX_INLINE_SPEC;
  if (long) await blobs.put(specKey(hash), bytes);
  await store.commit({ put: { [specKey(hash)]: long ? "" : new TextDecoder().decode(bytes) } });
}
