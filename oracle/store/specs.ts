import type { Hex } from "viem";
import { z } from "zod";
import type { Store } from "../ports.ts";

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
