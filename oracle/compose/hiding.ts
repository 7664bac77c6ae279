import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { NodeConfig } from "../config.ts";
import { readMasterKey } from "../ops/master-key.ts";
import type { Hiding } from "../store/judgements.ts";

const CIPHER = "aes-256-gcm";
const [KEY_BYTES, NONCE_BYTES, TAG_BYTES] = [32, 12, 16];

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
    hide(bytes, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(place));
      return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    },
    reveal(hidden, place) {
      const tagAt = hidden.length - TAG_BYTES;
      const options = { authTagLength: TAG_BYTES };
      const decipher = createDecipheriv(CIPHER, key, hidden.subarray(0, NONCE_BYTES), options);
      decipher.setAAD(Buffer.from(place)).setAuthTag(hidden.subarray(tagAt));
      return Buffer.concat([decipher.update(hidden.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
    },
  };
}
