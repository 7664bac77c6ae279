import { z } from "zod";

/** Forms every document of the project uses. Hexadecimal is lower case, so that each value has one spelling. */

export const hexSchema = z
  .string()
  .regex(/^0x(?:[0-9a-f]{2})*$/, "must be whole bytes in lower-case hexadecimal")
  .transform((text) => text as `0x${string}`);

export const bytes32Schema = hexSchema.refine((text) => text.length === 66, "must be 32 bytes");

export const addressSchema = hexSchema.refine((text) => text.length === 42, "must be an address of 20 bytes");

/** ECDSA signature in 65 bytes: r, s in its lower half, v 27 or 28. Any other spelling of it is refused. */
export const signatureSchema = hexSchema.refine(isCanonicalSignature, "must be 65 bytes with low s and v 27 or 28");

/** An amount or other unsigned integer of the chain, in decimal digits. */
export const uintSchema = z.string().regex(/^(?:0|[1-9][0-9]{0,77})$/, "must be an unsigned integer in decimal digits");

export const basisPointsSchema = z.int().min(0).max(10_000);

/** JSON values, as template parameters are made of. */
export const jsonSchema = z.json();

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

function isCanonicalSignature(text: string): boolean {
  if (text.length !== 132) return false;
  return BigInt(`0x${text.slice(66, 130)}`) <= HALF_ORDER && (text.endsWith("1b") || text.endsWith("1c"));
}
