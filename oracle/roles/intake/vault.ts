import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { Hex } from "viem";
import { decrypt, encrypt } from "../../ops/aes-gcm.ts";
import { secretSchema, type Secret } from "../../store/evidence.ts";
import type { RoundId } from "../../store/rounds.ts";

const KEY_BYTES = 32;

/**
 * Keeps private items. Each has a fresh key, its content is encrypted with that, and the key, with all else that is known of
 * the item, with a key that comes from the master key. So an item is erased by removing one small row and one blob.
 */
export interface Vault {
  newKey(): Buffer;
  /** Encrypts an item's content or text with the item's key, bound to the round and to where it is kept. */
  seal(key: Uint8Array, bytes: Uint8Array, id: RoundId, place: string): Buffer;
  /** @throws Error where it was changed, or belongs elsewhere */
  unseal(key: Uint8Array, sealed: Uint8Array, id: RoundId, place: string): Buffer;
  /** What is kept of an item, bound to its leaf, pool and round. */
  wrap(secret: Secret, id: RoundId, leaf: Hex): string;
  /** @throws Error where it was changed, belongs elsewhere, or another master key wrapped it */
  unwrap(wrapped: string, id: RoundId, leaf: Hex): Secret;
  /** Digest that only holders of the master key can compute: says whether two things are the same, and nothing else. */
  digest(parts: readonly (string | number | boolean)[]): string;
}

/** @param masterKey 32 bytes */
export function createVault(masterKey: Uint8Array): Vault {
  if (masterKey.length !== KEY_BYTES)
    throw new RangeError(`the master key has ${masterKey.length} bytes, not ${KEY_BYTES}`);
  const wrapping = derived(masterKey, "guerdon/evidence/wrap/1");
  const indexing = derived(masterKey, "guerdon/evidence/index/1");
  return {
    newKey: () => randomBytes(KEY_BYTES),
    seal: (key, bytes, id, place) => encrypt(key, bytes, boundTo(id, place)),
    unseal: (key, sealed, id, place) => decrypt(key, sealed, boundTo(id, place)),
    wrap: (secret, id, leaf) =>
      encrypt(wrapping, Buffer.from(JSON.stringify(secret)), boundTo(id, leaf)).toString("base64"),
    unwrap: (wrapped, id, leaf) => {
      const plain = decrypt(wrapping, Buffer.from(wrapped, "base64"), boundTo(id, leaf));
      return secretSchema.parse(JSON.parse(plain.toString("utf8")));
    },
    digest: (parts) => createHmac("sha256", indexing).update(JSON.stringify(parts)).digest("hex").slice(0, 40),
  };
}

function derived(masterKey: Uint8Array, use: string): Buffer {
  return Buffer.from(hkdfSync("sha256", masterKey, new Uint8Array(0), use, KEY_BYTES));
}

function boundTo({ chainId, pool, round }: RoundId, place: string): Buffer {
  return Buffer.from(`guerdon/evidence/1|${chainId}|${pool}|${round}|${place}`);
}
