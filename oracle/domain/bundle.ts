import { z } from "zod";
import { evidenceItemSchema } from "./evidence.ts";
import { addressSchema, bytes32Schema, hexSchema, signatureSchema } from "./schema.ts";
import { outcomeSpecSchema } from "./spec.ts";

/** A node's own vector over a round's evidence, signed as EIP-712 `Report` in the pool's domain. */
export const reportSchema = z.strictObject({
  node: addressSchema,
  vector: hexSchema,
  signature: signatureSchema,
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
  evidence: z.array(evidenceItemSchema).min(1),
  evidenceRoot: bytes32Schema,
  /** Ascending by node. */
  reports: z.array(reportSchema).min(1),
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
