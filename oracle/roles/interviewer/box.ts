import { hkdfSync } from "node:crypto";
import type { RoundId } from "../../ports.ts";
import { createVault } from "../intake/vault.ts";

const KEY_BYTES = 32;

/** Keeps what people say, and who is on a roster: encrypted under the master key, bound to the round and to the place it stands in. */
export interface Box {
  seal(value: unknown, id: RoundId, place: string): Buffer;
  /** @throws Error where it was changed, belongs elsewhere, or was sealed under another master key */
  unseal(sealed: Uint8Array, id: RoundId, place: string): unknown;
  /** Digest that only holders of the master key can compute. */
  digest(parts: readonly (string | number)[]): string;
}

/** @param masterKey 32 bytes */
export function createBox(masterKey: Uint8Array): Box {
  const vault = createVault(masterKey);
  const key = Buffer.from(hkdfSync("sha256", masterKey, new Uint8Array(0), "guerdon/interviews/1", KEY_BYTES));
  return {
    seal: (value, id, place) => vault.seal(key, Buffer.from(JSON.stringify(value)), id, `interviews/${place}`),
    unseal: (sealed, id, place): unknown =>
      JSON.parse(vault.unseal(key, sealed, id, `interviews/${place}`).toString("utf8")),
    digest: (parts) => vault.digest(["interviews", ...parts]),
  };
}
