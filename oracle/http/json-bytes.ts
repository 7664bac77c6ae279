import type { Context, TypedResponse } from "hono";

/** Answers with bytes that are a JSON object already, so that they are served exactly as they were hashed. */
export function jsonBytes(
  context: Context,
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Response & TypedResponse<Record<string, never>, 200, "json"> {
  const response: Response = context.body(bytes.slice().buffer, 200, {
    ...headers,
    "content-type": "application/json",
  });
  return response as Response & TypedResponse<Record<string, never>, 200, "json">;
}
