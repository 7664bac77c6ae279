import { OpenAPIHono, type Hook } from "@hono/zod-openapi";
import type { z } from "zod";
import type { Env } from "./env.ts";
import type { FieldError } from "./problem.ts";
import { refuse } from "./problems.ts";

/** Most errors that one problem lists, and most characters of a value it repeats. */
const MAX_ERRORS = 20;
const MAX_VALUE = 100;

const PARTS: Readonly<Record<string, string>> = { json: "body", form: "body", param: "path" };

/** A sub-app of the public API: what its routes' schemas refuse becomes a problem that lists each field. */
export function apiApp(): OpenAPIHono<Env> {
  return new OpenAPIHono<Env>({ defaultHook: refuseInvalid });
}

const refuseInvalid: Hook<unknown, Env, string, Response | undefined> = (result, context) => {
  if (result.success) return undefined;
  const data = "data" in result ? result.data : undefined;
  return refuse(context, "invalid", { errors: fieldErrors(PARTS[result.target] ?? result.target, result.error, data) });
};

/**
 * The parts of a request that a schema refuses.
 * @param part of the request: `body`, `query`, `path` or `header`
 * @param data what the schema was given
 */
export function fieldErrors(part: string, error: z.ZodError, data: unknown): FieldError[] {
  return error.issues.slice(0, MAX_ERRORS).map(({ path, message }) => {
    const value = shown(valueAt(data, path));
    const field = [part, ...path.map(String)].join(".").slice(0, 2 * MAX_VALUE);
    return { field, ...(value === undefined ? {} : { value }), limit: message.slice(0, 2 * MAX_VALUE) };
  });
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    const holds = typeof value === "object" && value !== null && Object.hasOwn(value, key);
    return holds ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }, data);
}

/** A value in JSON, shortened. */
export function shown(value: unknown): string | undefined {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined || text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE - 1)}…`;
}
