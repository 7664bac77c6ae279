import { z } from "zod";
import { cosignatureSchema } from "./bundle.ts";
import { addressSchema } from "./schema.ts";

/** "Seal these files of a season": name to content. */
export const sealRequestSchema = z.strictObject({ pool: addressSchema, files: z.record(z.string(), z.string()) });

/** A node's signature over the files it has audited. */
export const sealResponseSchema = cosignatureSchema;

export type SealRequest = z.output<typeof sealRequestSchema>;
