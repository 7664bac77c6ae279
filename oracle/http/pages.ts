import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { Refused } from "./problems.ts";

/** Most items of a page. */
export const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;

/** What lists that come in pages are asked with. */
export const pageQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_PAGE)
    .default(DEFAULT_PAGE)
    .openapi({ param: { name: "limit", in: "query" }, description: "Most items of the page", example: DEFAULT_PAGE }),
  cursor: z
    .string()
    .max(200)
    .optional()
    .openapi({ param: { name: "cursor", in: "query" }, description: "`next` of the page before; nothing else" }),
});

/** Where the next page begins: opaque to callers, so that it can change. `null` on the last page. */
export const nextForm = z.string().nullable().openapi({ description: "Cursor of the next page; null on the last" });

export function cursorOf(last: string): string {
  return Buffer.from(last).toString("base64url");
}

/** @throws Refused where the cursor is none that this list gave out */
export function readCursor<Key>(cursor: string | undefined, read: (text: string) => Key | null): Key | null {
  if (cursor === undefined) return null;
  const key = read(Buffer.from(cursor, "base64url").toString());
  if (key !== null) return key;
  const limit = "the cursor of an earlier page of this list";
  throw new Refused("invalid", { errors: [{ field: "query.cursor", value: JSON.stringify(cursor), limit }] });
}

/** Says in a header too where the next page is, as RFC 8288 has it. */
export function linkNext(context: Context, next: string | null, limit: number): void {
  if (next === null) return;
  const query = new URLSearchParams({ limit: String(limit), cursor: next });
  context.header("Link", `<${context.req.path}?${query.toString()}>; rel="next"`);
}
