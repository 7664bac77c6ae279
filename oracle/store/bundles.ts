import { keccak256, type Hex } from "viem";
import type { BlobStore, Store } from "../ports.ts";
import { roundKey, type RoundId } from "./rounds.ts";

/**
 * Keeps a bundle of a round under its hash: keccak256 of its bytes (canonical JSON and a line break).
 */
export async function keepBundle(
  parts: { readonly store: Store; readonly blobs: BlobStore },
  id: RoundId,
  bytes: Uint8Array,
  about: HeldBundle,
): Promise<Hex> {
  const hash = await putBundle(parts.blobs, bytes);
  await parts.store.commit({ put: bundleEntry(id, hash, about) });
  return hash;
}

/** What is kept beside a bundle. */
export interface HeldBundle {
  /** The node that published it, lower case. */
  readonly publisher: Hex;
  /** Whether it has every report this node knows to count: silence cannot be proven, so whoever writes a bundle up could leave one out. */
  readonly whole: boolean;
}

/** Whether a bundle is held that leaves nothing out. */
export async function hasWholeBundle(store: Store, id: RoundId): Promise<boolean> {
  const entries = await store.list(`${roundKey(id)}/bundle/`, { limit: 100 });
  return entries.some(({ value }) => (JSON.parse(value) as HeldBundle).whole);
}

/** The bytes alone; they count as held once their entry is there. */
export async function putBundle(blobs: BlobStore, bytes: Uint8Array): Promise<Hex> {
  const hash = keccak256(bytes);
  await blobs.put(blobKey(hash), bytes);
  return hash;
}

/** Says that a bundle is held, as part of a batch. */
export function bundleEntry(id: RoundId, hash: Hex, about: HeldBundle): Record<string, string> {
  return { [`${roundKey(id)}/bundle/${hash}`]: JSON.stringify(about) };
}

/** Hashes of the bundles this node holds of a round, ascending. A round may have several that differ in signatures. */
export async function bundlesOf(store: Store, id: RoundId): Promise<Hex[]> {
  const entries = await store.list(`${roundKey(id)}/bundle/`, { limit: 100 });
  return entries.map(({ key }) => key.slice(key.lastIndexOf("/") + 1) as Hex);
}

/** The bundles this node holds of a round, ascending by hash, with what is kept beside them. */
export async function heldBundles(store: Store, id: RoundId): Promise<(HeldBundle & { readonly hash: Hex })[]> {
  const entries = await store.list(`${roundKey(id)}/bundle/`, { limit: 100 });
  return entries.map(({ key, value }) => {
    return { ...(JSON.parse(value) as HeldBundle), hash: key.slice(key.lastIndexOf("/") + 1) as Hex };
  });
}

/** A bundle's bytes; `null` where this node does not hold it. */
export function readBundle(blobs: BlobStore, hash: Hex): Promise<Uint8Array | null> {
  return blobs.get(blobKey(hash));
}

function blobKey(hash: Hex): string {
  return `bundles/${hash}`;
}
