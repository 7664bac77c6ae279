import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Hex } from "viem";
import { EVIDENCE_KINDS, MEDIA_TYPES } from "../domain/evidence.ts";
import type { BlobStore } from "../ports.ts";
import { readBundle } from "../store/bundles.ts";
import { readRecord } from "../store/judgements.ts";
import { preferred } from "./accept.ts";
import { bundleProofs } from "./bundle-proofs.ts";
import { carOf } from "./car.ts";
import { hasEntity } from "./etag.ts";
import { hashForm, hashParam } from "./forms.ts";
import { apiApp } from "./invalid.ts";
import { jsonBytes } from "./json-bytes.ts";
import { problemResponses, refuse } from "./problems.ts";

const JSON_TYPE = "application/json";
const CAR_TYPE = "application/vnd.ipld.car";

/** What has a hash for its name never changes. */
const FOR_EVER = "public, max-age=31536000, immutable";

const hashParams = z.object({ hash: hashParam("hash") });

const bundleRoute = createRoute({
  method: "get",
  path: "/v1/bundles/{hash}",
  tags: ["bundles"],
  summary: "A bundle, byte for byte, by its keccak-256",
  description: "As JSON, or as a CAR file with the bundle as its one raw block; `format` goes before `Accept`.",
  request: {
    params: hashParams,
    query: z.object({
      format: z
        .enum(["json", "car"])
        .optional()
        .openapi({ param: { name: "format", in: "query" } }),
    }),
  },
  responses: {
    200: {
      description: "The bundle, of format `guerdon/bundle/1`",
      content: {
        [JSON_TYPE]: { schema: z.record(z.string(), z.unknown()).openapi("Bundle") },
        [CAR_TYPE]: { schema: z.string().openapi({ type: "string", format: "binary" }) },
      },
    },
    304: { description: "The caller has it already" },
    ...problemResponses(404),
  },
});

const itemSchema = z
  .object({
    kind: z.enum(EVIDENCE_KINDS),
    name: z.string(),
    mediaType: z.enum(MEDIA_TYPES),
    source: z.string(),
    sequence: z.int().min(0),
    salt: hashForm,
    encoding: z.enum(["utf8", "base64"]),
    content: z.string(),
  })
  .openapi("BundleItem");

const provenSchema = z
  .object({
    item: z.union([itemSchema, z.object({ leaf: hashForm }).openapi("WithheldItem")]),
    leaf: hashForm,
    proof: z.array(hashForm).openapi({ description: "For OpenZeppelin's MerkleProof" }),
    evidenceRoot: hashForm,
  })
  .openapi("ProvenItem");

const itemRoute = createRoute({
  method: "get",
  path: "/v1/bundles/{hash}/evidence/{leaf}",
  tags: ["bundles"],
  summary: "An item of a bundle's evidence, with its proof",
  description: "Of a private item only the leaf: those entitled get it from the pool's intake.",
  request: { params: hashParams.extend({ leaf: hashParam("leaf") }) },
  responses: {
    200: { description: "The item", content: { [JSON_TYPE]: { schema: provenSchema } } },
    304: { description: "The caller has it already" },
    ...problemResponses(404),
  },
});

const judgementRoute = createRoute({
  method: "get",
  path: "/v1/judgements/{hash}",
  tags: ["bundles"],
  summary: "A node's record of how it judged a round, by the hash its report names",
  description: "Of private sources only hashes and scores: what was said is for those entitled.",
  request: { params: hashParams },
  responses: {
    200: {
      description: "The record, of format `guerdon/judgement/1`",
      content: { [JSON_TYPE]: { schema: z.record(z.string(), z.unknown()).openapi("Judgement") } },
    },
    304: { description: "The caller has it already" },
    ...problemResponses(404),
  },
});

/** Bundles by their hash, and the records of judgements in them; private items are hashes alone. */
export function bundlesApp(blobs: BlobStore) {
  const prove = bundleProofs();
  return apiApp()
    .openapi(bundleRoute, async (c) => {
      const { hash } = c.req.valid("param");
      const format = c.req.valid("query").format ?? formatOf(c);
      const etag = format === "car" ? `"${hash}.car"` : `"${hash}"`;
      const bytes = await readBundle(blobs, hash);
      if (bytes === null) return refuse(c, "not-found", { detail: "this node does not hold the bundle" });
      if (hasEntity(c.req.header("if-none-match"), etag)) return unchanged(c, etag);
      return format === "car" ? carFile(c, hash, bytes, etag) : jsonBytes(c, bytes, immutable(etag));
    })
    .openapi(judgementRoute, async (c) => {
      const { hash } = c.req.valid("param");
      const bytes = await readRecord(blobs, hash);
      if (bytes === null) return refuse(c, "not-found", { detail: "this node holds no such record" });
      if (hasEntity(c.req.header("if-none-match"), `"${hash}"`)) return unchanged(c, `"${hash}"`);
      return jsonBytes(c, bytes, immutable(`"${hash}"`));
    })
    .openapi(itemRoute, async (c) => {
      const { hash, leaf } = c.req.valid("param");
      const bytes = await readBundle(blobs, hash);
      const proven = bytes === null ? null : prove(hash, bytes, leaf);
      if (proven === null) return refuse(c, "not-found", { detail: "this node holds no such bundle and leaf" });
      const etag = `"${hash}.${leaf}"`;
      if (hasEntity(c.req.header("if-none-match"), etag)) return unchanged(c, etag);
      return c.json({ ...proven, proof: [...proven.proof], leaf }, 200, immutable(etag));
    });
}

function formatOf(context: Context): "json" | "car" {
  return preferred(context.req.header("accept"), [JSON_TYPE, CAR_TYPE]) === CAR_TYPE ? "car" : "json";
}

function carFile(context: Context, hash: Hex, bytes: Uint8Array, etag: string): Response {
  const headers = { "content-type": CAR_TYPE, "content-disposition": `attachment; filename="${hash}.car"` };
  return context.body(carOf(hash, bytes).slice().buffer, 200, { ...immutable(etag), ...headers });
}

function unchanged(context: Context, etag: string) {
  return context.body(null, 304, immutable(etag));
}

function immutable(etag: string): Record<string, string> {
  return { "cache-control": FOR_EVER, etag, vary: "Accept" };
}
