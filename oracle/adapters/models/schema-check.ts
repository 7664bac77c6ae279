import { Ajv2020 } from "ajv/dist/2020.js";
import type { Hex } from "viem";
import { InputError } from "../../domain/errors.ts";

/** Whether a value meets a schema. */
export type Check = (value: unknown) => boolean;

const MOST_KEPT = 200;

/** The check of a schema of that hash. @throws InputError where it is no JSON Schema of draft 2020-12 */
export type SchemaChecks = (hash: Hex, schema: Readonly<Record<string, unknown>>) => Check;

/** Compiles schemas, and keeps them by hash. */
export function schemaChecks(): SchemaChecks {
  const kept = new Map<Hex, Check>();
  return (hash, schema) => {
    const known = kept.get(hash);
    if (known !== undefined) return known;
    if (kept.size >= MOST_KEPT) kept.clear();
    const made = compile(schema);
    kept.set(hash, made);
    return made;
  };
}

/** A keyword that is not known is refused, as it would check nothing. Formats are not checked. */
function compile(schema: Readonly<Record<string, unknown>>): Check {
  try {
    // One for each schema: two that carry the same id must not meet.
    const ajv = new Ajv2020({ strictTypes: false, strictTuples: false, strictRequired: false, validateFormats: false });
    const validate = ajv.compile(schema);
    return (value) => validate(value);
  } catch (error) {
    const limit = error instanceof Error ? error.message : "JSON Schema of draft 2020-12";
    throw new InputError("is no JSON Schema that can be checked", { field: "schema.jsonSchema", limit });
  }
}
