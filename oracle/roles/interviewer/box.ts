import { hkdfSync } from "node:crypto";
import type { RoundId } from "../../ports.ts";
import { isValues, type Place } from "../../store/interviews.ts";
import { createVault } from "../intake/vault.ts";

const KEY_BYTES = 32;

/** What is kept for no round is bound to one that no chain has. */
const NO_ROUND: RoundId = { chainId: 0, pool: "0x", round: 0 };

/**
 * Keeps what people say, and who is on a roster: encrypted under the master key, bound to the round or values it is for and to its name
 * among what is kept for them.
 */
export interface Box {
  seal(value: unknown, place: Place, name: string): Buffer;
  /** @throws Error where it was changed, belongs elsewhere, or was sealed under another master key */
  unseal(sealed: Uint8Array, place: Place, name: string): unknown;
  /** Digest that only holders of the master key can compute. */
  digest(parts: readonly (string | number)[]): string;
}

/** @param masterKey 32 bytes */
export function createBox(masterKey: Uint8Array): Box {
  const vault = createVault(masterKey);
  const key = Buffer.from(hkdfSync("sha256", masterKey, new Uint8Array(0), "guerdon/interviews/1", KEY_BYTES));
  return {
    seal: (value, place, name) => vault.seal(key, Buffer.from(JSON.stringify(value)), ...boundTo(place, name)),
    unseal: (sealed, place, name): unknown =>
      JSON.parse(vault.unseal(key, sealed, ...boundTo(place, name)).toString("utf8")),
    digest: (parts) => vault.digest(["interviews", ...parts]),
  };
}

function boundTo(place: Place, name: string): [RoundId, string] {
  return isValues(place) ? [NO_ROUND, `interviews/values/${place.values}/${name}`] : [place, `interviews/${name}`];
}
