import { hkdfSync } from "node:crypto";
import type { NodeConfig } from "../config.ts";
import { decrypt, encrypt } from "../ops/aes-gcm.ts";
import { readMasterKey } from "../ops/master-key.ts";
import type { Hiding } from "../store/judgements.ts";

const KEY_BYTES = 32;

/**
 * Hides what models answered about private evidence with a key that comes from the node's master key; `null` for a node without one.
 * @throws InputError where the master key cannot be read
 */
export async function openHiding({ intake: { masterKeyFile } }: NodeConfig): Promise<Hiding | null> {
  return masterKeyFile === undefined ? null : createHiding(await readMasterKey(masterKeyFile));
}

/** @param masterKey 32 bytes */
export function createHiding(masterKey: Uint8Array): Hiding {
  const key = Buffer.from(hkdfSync("sha256", masterKey, new Uint8Array(0), "guerdon/judgement/hide/1", KEY_BYTES));
  return {
    hide: (bytes, place) => encrypt(key, bytes, Buffer.from(place)),
    reveal: (hidden, place) => decrypt(key, hidden, Buffer.from(place)),
  };
}
