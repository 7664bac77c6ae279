import { keccak256, type Hex } from "viem";
import { z } from "zod";
import { cosignatureSchema } from "./bundle.ts";
import { addressSchema, bytes32Schema } from "./schema.ts";

/**
 * The oracle nodes' signatures over the hashes of all files of a season, EIP-712 `Seal(bytes32 filesHash)` in the pool's domain.
 * A node seals only files it has audited and a chain export it has read from the chain itself. What no assessment signs, such as
 * who funded what, could otherwise be changed along with every hash after it.
 */
export const sealSchema = z.strictObject({
  format: z.literal("guerdon/seal/1"),
  chainId: z.int().min(1),
  pool: addressSchema,
  /** keccak256 of each file's bytes, by name; `filesHash` is the canonical hash of this object. */
  files: z.record(z.string().regex(/^[a-z0-9-]+\.json$/), bytes32Schema),
  /** Ascending by node; at least the oracle's threshold. */
  signatures: z.array(cosignatureSchema),
});

export type Seal = z.output<typeof sealSchema>;

/** Name of the seal among the files of a season. */
export const SEAL_FILE = "seal.json";

/** Name of the result among the files of a season. */
export const RESULT_FILE = "result.json";

/** keccak256 of each file's bytes by name, as a seal lists them; the seal itself is left out. */
export function fileHashes(files: ReadonlyMap<string, Uint8Array>): Record<string, Hex> {
  const sealed = [...files].filter(([name]) => name !== SEAL_FILE);
  return Object.fromEntries(sealed.map(([name, bytes]) => [name, keccak256(bytes)]));
}
