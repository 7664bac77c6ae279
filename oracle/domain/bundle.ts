import { z } from "zod";
import { evidenceItemSchema, withheldItemSchema } from "./evidence.ts";
import { nodeRecordSchema } from "./judgement/node-record.ts";
import { envelopeSchema } from "./round/envelope.ts";
import { EXCLUSION_REASONS } from "./round/tally.ts";
import { addressSchema, bytes32Schema, hexSchema, signatureSchema } from "./schema.ts";
import { outcomeSpecSchema } from "./spec.ts";

/**
 * A node's own vector over a round's evidence, signed as EIP-712 `Report` in the pool's domain, and what shows that the node was
 * bound to it before it saw the others': the salt that opens its commitment, and its signature over the commit message.
 */
export const reportSchema = z.strictObject({
  node: addressSchema,
  vector: hexSchema,
  signature: signatureSchema,
  salt: bytes32Schema,
  commit: z.strictObject({ deadline: z.int().min(0), signature: signatureSchema }),
});

/** A node whose report does not count, why, and the messages it signed that show it. */
export const exclusionSchema = z.strictObject({
  node: addressSchema,
  reason: z.enum(EXCLUSION_REASONS),
  messages: z.array(envelopeSchema).max(2),
});

/** A node's signature over the `Assessment` it computed from all reports. */
export const cosignatureSchema = z.strictObject({ node: addressSchema, signature: signatureSchema });

const scoreSchema = z.strictObject({ score: z.int().min(0).max(65_535), units: z.int().min(0).max(0xffffffff) });

/** Where a node differs from the aggregate. */
export const deviationSchema = z.strictObject({
  node: addressSchema,
  index: z.int().min(0),
  reported: scoreSchema,
  aggregate: scoreSchema,
});

/** A round's evidence under one root, with every node's report signed over it: all that is needed to assess it again. */
export const bundleSchema = z.strictObject({
  format: z.literal("guerdon/bundle/1"),
  chainId: z.int().min(1),
  pool: addressSchema,
  round: z.int().min(0),
  spec: outcomeSpecSchema,
  /** In the order in which it came in; of private items only the leaf. */
  evidence: z.array(z.union([evidenceItemSchema, withheldItemSchema])).min(1),
  evidenceRoot: bytes32Schema,
  /** When the spec's intake closed the evidence, block time in seconds, and its EIP-712 `Freeze`. */
  freeze: z.strictObject({ frozenAt: z.int().min(0), signature: signatureSchema }),
  /** Ascending by node. */
  reports: z.array(reportSchema).min(1),
  /** Where words are judged: what shows how nodes came to their reports, ascending by node; of whom it could be had. */
  judgements: z.array(nodeRecordSchema).optional(),
  /** The other nodes of the oracle, ascending. */
  excluded: z.array(exclusionSchema),
  aggregate: hexSchema,
  /** In the order of nodes and indices. */
  deviations: z.array(deviationSchema),
  /** Ascending by node; those over another result are left out. */
  signatures: z.array(cosignatureSchema),
});

export type Report = z.output<typeof reportSchema>;
export type Cosignature = z.output<typeof cosignatureSchema>;
export type Bundle = z.output<typeof bundleSchema>;

/** Name of a round's bundle among the files of a season. */
export function bundleFile(round: number): string {
  return `bundle-${round}.json`;
}
