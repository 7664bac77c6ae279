import { concat, keccak256, type Hex } from "viem";
import { z } from "zod";
import { canonicalHash } from "../canonical.ts";
import { addressSchema, basisPointsSchema, bytes32Schema } from "../schema.ts";
import { unitRecordSchema, type UnitRecord } from "./record.ts";
import { unitKey } from "./round-units.ts";
import { ABSTENTIONS } from "./verdict.ts";

const part = z.int().min(0).max(10_000);

/** A unit of a source that everybody may read: all of it. */
const openUnitSchema = z.strictObject({ family: z.string(), part, record: unitRecordSchema });

/**
 * A unit of a private source: what came of it, and keccak256 over the item's salt and the hash of its whole record. Who may read the
 * item can check the record against it; nobody else learns or can guess what was said.
 */
const sealedUnitSchema = z.strictObject({
  family: z.string(),
  part,
  source: bytes32Schema,
  criterion: z.string(),
  score: basisPointsSchema.nullable(),
  abstention: z.enum(ABSTENTIONS).nullable(),
  sealed: bytes32Schema,
});

/** A model the node judged with, and what it made of the cases whose score is known. */
const judgeSchema = z.strictObject({
  family: z.string().min(1).max(40),
  model: z.string(),
  canaries: z.array(unitRecordSchema),
});

/** A private source the node has read: whom and which group it speaks for, nothing of what it says. */
const hiddenSchema = z.strictObject({
  source: bytes32Schema,
  provider: z.int().min(0),
  group: z.string(),
});

/** All that shows how a node came to its claims about a round. Its hash is in the node's report. */
export const nodeRecordSchema = z.strictObject({
  format: z.literal("guerdon/judgement/1"),
  chainId: z.int().min(1),
  pool: addressSchema,
  round: z.int().min(0),
  evidenceRoot: bytes32Schema,
  node: addressSchema,
  /** None where the node has no model: then whatever needs a judge abstains. */
  judges: z.array(judgeSchema).max(10),
  /** In the order of the evidence. */
  hidden: z.array(hiddenSchema),
  /** In the order of the judges, then of the units. */
  units: z.array(z.union([openUnitSchema, sealedUnitSchema])),
});

export type NodeRecord = z.output<typeof nodeRecordSchema>;
export type OpenUnit = z.output<typeof openUnitSchema>;
export type SealedUnit = z.output<typeof sealedUnitSchema>;

/** Key of a recorded unit within its round. */
export function recordedKey(unit: OpenUnit | SealedUnit): string {
  const { source, criterion } = "record" in unit ? unit.record : unit;
  return unitKey(source, criterion, unit.part);
}

/** The hash that reports name. */
export function recordHash(record: NodeRecord): Hex {
  return canonicalHash(record);
}

/** Hash of a private unit's record that says nothing to whoever does not have the item's salt. */
export function sealedHash(salt: Hex, record: UnitRecord): Hex {
  return keccak256(concat([salt, canonicalHash(record)]));
}

/** What everybody may see of a unit of a private source. */
export function sealedUnit(family: string, place: number, salt: Hex, record: UnitRecord): SealedUnit {
  const { source, criterion, score, abstention } = record;
  return { family, part: place, source, criterion, score, abstention, sealed: sealedHash(salt, record) };
}
