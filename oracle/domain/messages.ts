import { z } from "zod";
import { cosignatureSchema, reportSchema } from "./bundle.ts";
import { evidenceItemSchema } from "./evidence.ts";
import { addressSchema, hexSchema } from "./schema.ts";
import { outcomeSpecSchema } from "./spec.ts";

/** What nodes are asked, and what they answer. */

/** "Assess this round": the frozen evidence and the spec; pool and round say which chain facts to check them against. */
export const reportRequestSchema = z.strictObject({
  pool: addressSchema,
  round: z.int().min(0),
  spec: outcomeSpecSchema,
  evidence: z.array(evidenceItemSchema).min(1),
});

/** "Here is what all nodes reported: sign what follows from it." */
export const cosignRequestSchema = reportRequestSchema.extend({ reports: z.array(reportSchema).min(1) });

/** A node's signature over the assessment it computed, with the vector it signed. */
export const cosignResponseSchema = cosignatureSchema.extend({ vector: hexSchema });

/** "Seal these files of a season": name to content. */
export const sealRequestSchema = z.strictObject({ pool: addressSchema, files: z.record(z.string(), z.string()) });

export type ReportRequest = z.output<typeof reportRequestSchema>;
export type CosignRequest = z.output<typeof cosignRequestSchema>;
export type CosignResponse = z.output<typeof cosignResponseSchema>;
export type SealRequest = z.output<typeof sealRequestSchema>;
