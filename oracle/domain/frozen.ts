import { concat, keccak256, type Hex } from "viem";
import { z } from "zod";
import { digestOf, poolDomain, typedData } from "../../contracts/protocol/typed-data.ts";
import { rootOf } from "./evidence.ts";
import { addressSchema, bytes32Schema, signatureSchema } from "./schema.ts";
import { signatureProblem } from "./signatures.ts";

/**
 * Most items of a round. A list of that many leaves, all of them withheld too, takes 50,000 * 69 * 2 = 6.9 MB in JSON and so fits a
 * value of the store, 8 MiB: a record that did not fit could never be kept, and its round would be closed for nothing.
 */
export const MAX_ITEMS = 50_000;

/**
 * A round's evidence as the pool's intake closed it: nothing comes in after it. The intake signs EIP-712
 * `Freeze(uint32 round,bytes32 evidenceRoot,uint32 count,bytes32 withheldHash,uint64 frozenAt)` in the pool's domain; two of them
 * for one round that differ prove that it lied. Which items are private is signed too, so that all nodes look at the same ones.
 */
export const frozenSchema = z.strictObject({
  format: z.literal("guerdon/frozen/1"),
  chainId: z.int().min(1),
  pool: addressSchema,
  round: z.int().min(0).max(519),
  evidenceRoot: bytes32Schema,
  /** Block time at which it was closed, seconds. */
  frozenAt: z.int().min(0),
  /** Every item's leaf, in the order of positions; those of private items say no more than that. */
  leaves: z.array(bytes32Schema).min(1).max(MAX_ITEMS),
  /** Those of the leaves whose items are private or erased, in the same order; never telemetry. */
  withheld: z.array(bytes32Schema).max(MAX_ITEMS),
  intake: addressSchema,
  signature: signatureSchema,
});

export type Frozen = z.output<typeof frozenSchema>;

/** What an intake signs when it closes a round. */
export function freezeData(frozen: Omit<Frozen, "format" | "intake" | "signature">) {
  const { chainId, pool, round, evidenceRoot, leaves, withheld, frozenAt } = frozen;
  const withheldHash = keccak256(concat(withheld));
  const message = { round, evidenceRoot, count: leaves.length, withheldHash, frozenAt: BigInt(frozenAt) };
  return typedData("Freeze", poolDomain(chainId, pool), message);
}

/**
 * What is wrong with frozen evidence, or `null`.
 * @param intake the one the outcome spec names
 */
export async function frozenProblem(frozen: Frozen, intake: Hex): Promise<string | null> {
  if (frozen.intake !== intake) return `it is by ${frozen.intake}, the spec names ${intake}`;
  const known = new Set(frozen.leaves);
  if (known.size !== frozen.leaves.length) return "a leaf stands twice";
  const hidden = new Set(frozen.withheld);
  const inOrder = frozen.leaves.filter((leaf) => hidden.has(leaf));
  if (inOrder.join() !== frozen.withheld.join()) return "the withheld leaves are not some of the leaves in their order";
  const root = rootOf(frozen.leaves);
  if (root !== frozen.evidenceRoot) return `its leaves have root ${root}, not ${frozen.evidenceRoot}`;
  return signatureProblem(digestOf(freezeData(frozen)), { node: frozen.intake, signature: frozen.signature });
}
