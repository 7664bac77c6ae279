import { z } from "@hono/zod-openapi";
import type { Hex } from "viem";
import { MAX_ROUNDS } from "../../contracts/protocol/limits.ts";

/** Forms of what routes take and give. Addresses and hashes are given in lower case and taken in any. */

const ANY_ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const ANY_HASH = /^0x[0-9a-fA-F]{64}$/;

export const poolParam = lowerHex(ANY_ADDRESS, "must be an address: 0x and 40 hexadecimal digits").openapi({
  param: { name: "pool", in: "path" },
  type: "string",
  pattern: ANY_ADDRESS.source,
  example: "0x5fbdb2315678afecb367f032d93f642f64180aa3",
});

/** A hash in a path, under the name of its parameter. */
export function hashParam(name: string) {
  return lowerHex(ANY_HASH, "must be a hash: 0x and 64 hexadecimal digits").openapi({
    param: { name, in: "path" },
    type: "string",
    pattern: ANY_HASH.source,
    example: `0x${"ab".repeat(32)}`,
  });
}

export const roundParam = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,2})$/, `must be a round: a whole number from 0 to ${MAX_ROUNDS - 1}`)
  .transform(Number)
  .pipe(z.int().max(MAX_ROUNDS - 1))
  .openapi({
    param: { name: "round", in: "path" },
    type: "integer",
    minimum: 0,
    maximum: MAX_ROUNDS - 1,
    example: "0",
  });

/** Given out as they are. The description cannot follow a type of text, so it is told; hence those that may be null, too. */
export const addressForm = hex("^0x[0-9a-f]{40}$");
export const addressOrNull = hexOrNull("^0x[0-9a-f]{40}$");
export const hashForm = hex("^0x[0-9a-f]{64}$");
export const hashOrNull = hexOrNull("^0x[0-9a-f]{64}$");
export const hexForm = hex("^0x(?:[0-9a-f]{2})*$");

/** Seconds since 1970, UTC. */
export const secondsForm = z.int().min(0).openapi({ description: "Unix time, seconds" });

/** A time of the wall clock. */
export const timeForm = z.iso.datetime().openapi({ example: "2026-01-01T00:00:00.000Z" });

export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

function hex(pattern: string) {
  return z.templateLiteral(["0x", z.string()]).openapi({ type: "string", pattern });
}

function hexOrNull(pattern: string) {
  return z
    .templateLiteral(["0x", z.string()])
    .nullable()
    .openapi({ type: ["string", "null"], pattern });
}

function lowerHex(pattern: RegExp, message: string) {
  return z
    .string()
    .regex(pattern, message)
    .transform((text) => text.toLowerCase() as Hex);
}

/** A described answer in JSON. */
export const jsonAnswer = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: { "application/json": { schema } },
});

/** A described body in JSON. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true as const,
  content: { "application/json": { schema } },
});
