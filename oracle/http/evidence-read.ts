import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { IntakeRefusal } from "../domain/evidence-refusal.ts";
import { IMMUTABLE, NOT_KEPT, leafIn, roundIn, viewerOf } from "./evidence-requests.ts";
import { contentRoute, eraseRoute, frozenRoute, itemRoute, listRoute, receiptRoute } from "./evidence-routes.ts";
import { pathOf } from "./evidence-send.ts";
import { hasEntity } from "./etag.ts";
import type { EvidenceParts } from "./evidence.ts";
import type { Env } from "./env.ts";

/** Of downloads: whatever a browser makes of them, it runs nothing and shows nothing in our name. */
const DOWNLOAD = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** What shows evidence, and erases it. */
export function readRoutes(app: OpenAPIHono<Env>, { intake, chainId }: EvidenceParts) {
  app.openAPIRegistry.registerPath(contentRoute);
  app.get(pathOf(contentRoute), async (context) => {
    const { id, leaf, viewer } = asked(context, chainId);
    const { facts, bytes, lasting } = await intake.content(id, leaf, viewer);
    const caching = cachingOf(context, leaf, lasting);
    if (hasEntity(context.req.header("if-none-match"), `"${leaf}"`)) return context.body(null, 304, caching);
    const headers = { ...caching, ...DOWNLOAD, "content-type": servedAs(facts.mediaType) };
    const disposition = `attachment; filename*=UTF-8''${fileName(facts.name)}`;
    return context.body(Uint8Array.from(bytes), 200, { ...headers, "content-disposition": disposition });
  });

  return app
    .openapi(listRoute, async (context) => {
      const { after, limit } = context.req.valid("query");
      const items = await intake.list(roundIn(context, chainId), after, limit);
      const next = items.length === limit ? items.at(-1)!.position : null;
      return context.json({ items, next }, 200, { "cache-control": "no-cache" });
    })
    .openapi(itemRoute, async (context) => {
      const { id, leaf, viewer } = asked(context, chainId);
      const { item, position, proof, lasting } = await intake.open(id, leaf, viewer);
      cachingOf(context, leaf, lasting);
      return context.json({ item, position, proof: proof === null ? null : [...proof] }, 200);
    })
    .openapi(receiptRoute, async (context) => {
      const { id, leaf, viewer } = asked(context, chainId);
      const receipt = await intake.receipt(id, leaf, viewer);
      return context.json(receipt, 200, { "cache-control": NOT_KEPT, etag: `"${leaf}"` });
    })
    .openapi(eraseRoute, async (context) => {
      const { id, leaf, viewer } = asked(context, chainId);
      if (viewer === null) throw new IntakeRefusal("sign-in-needed", { field: "authorization", limit: "an account" });
      await intake.erase(id, leaf, viewer);
      return context.body(null, 204);
    })
    .openapi(frozenRoute, async (context) => {
      const id = roundIn(context, chainId);
      const frozen = await intake.frozen(id);
      if (frozen === null) {
        throw new IntakeRefusal("not-frozen", {
          field: "round",
          value: String(id.round),
          limit: "a round that is closed",
        });
      }
      return context.json(frozen, 200, { "cache-control": IMMUTABLE, etag: `"${frozen.evidenceRoot}"` });
    });
}

/** Public items of a closed round never change; all else is for this caller and now. */
function cachingOf(context: Context<Env>, leaf: string, lasting: boolean) {
  const headers = { "cache-control": lasting ? IMMUTABLE : NOT_KEPT, ...(lasting ? { etag: `"${leaf}"` } : {}) };
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  return headers;
}

function asked(context: Context<Env>, chainId: number) {
  const id = roundIn(context, chainId);
  return { id, leaf: leafIn(context), viewer: viewerOf(context, id.pool) };
}

/** Pages are shown as text, so that none runs in our name. */
function servedAs(mediaType: string): string {
  if (mediaType === "text/html") return "text/plain; charset=utf-8";
  return mediaType.startsWith("text/") ? `${mediaType}; charset=utf-8` : mediaType;
}

/** RFC 8187; the names of links are no file names. */
function fileName(name: string): string {
  const last = name.includes("/") ? `link-${name.replace(/^[a-z]+:\/\//, "")}` : name;
  return encodeURIComponent(last.replaceAll(/[/\\:?*"<>|]/g, "_")).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  );
}
