import { createRoute, z, type OpenAPIHono } from "@hono/zod-openapi";
import { IntakeRefusal } from "../domain/evidence-refusal.ts";
import { MAX_SPEC_BYTES } from "../roles/intake/limits.ts";
import { boundedBody } from "./bounded-body.ts";
import { accountOf, hashIn, IMMUTABLE } from "./evidence-requests.ts";
import { pathOf } from "./evidence-send.ts";
import { hasEntity } from "./etag.ts";
import type { EvidenceParts } from "./evidence.ts";
import type { Env } from "./env.ts";
import { problemResponses } from "./problems.ts";

const BODY_TIME_MS = 30_000;

const params = z.object({
  hash: z
    .string()
    .openapi({ param: { name: "hash", in: "path" }, description: "keccak256 of the spec's canonical JSON" }),
});
const spec = {
  "application/json": { schema: z.looseObject({ format: z.literal("guerdon/spec/1") }).openapi("OutcomeSpec") },
};
const kept = z.object({ hash: z.string() }).openapi("KeptSpec");

const putRoute = createRoute({
  method: "put",
  path: "/v1/specs/{hash}",
  summary: "Keep an outcome spec, in its canonical bytes, under its hash",
  request: { params, body: { required: true, content: spec } },
  responses: {
    200: { description: "It was here before", content: { "application/json": { schema: kept } } },
    201: { description: "It is kept", content: { "application/json": { schema: kept } } },
    ...problemResponses(403, 404, 408, 409, 413, 415, 422),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/specs/{hash}",
  summary: "An outcome spec, in the bytes that have this hash",
  request: { params },
  responses: {
    200: { description: "The spec", content: spec },
    304: { description: "The caller has it already" },
    ...problemResponses(404),
  },
});

/** Outcome specs by their hash. Any account that is signed in may bring some. */
export function specRoutes(app: OpenAPIHono<Env>, { intake, bodyTimeMs = BODY_TIME_MS }: EvidenceParts): void {
  for (const route of [putRoute, getRoute]) app.openAPIRegistry.registerPath(route);

  app.put(pathOf(putRoute), async (context) => {
    const account = accountOf(context);
    const hash = hashIn(context, "hash", "unknown-spec");
    const bytes = await boundedBody(context, { bytes: MAX_SPEC_BYTES, timeMs: bodyTimeMs });
    const created = await intake.putSpec(hash, bytes, account);
    return context.json({ hash }, created ? 201 : 200, { etag: `"${hash}"`, location: `/v1/specs/${hash}` });
  });

  app.get(pathOf(getRoute), async (context) => {
    const hash = hashIn(context, "hash", "unknown-spec");
    const bytes = await intake.spec(hash);
    if (bytes === null)
      throw new IntakeRefusal("unknown-spec", { field: "hash", value: hash, limit: "a spec kept here" });
    const headers = { "cache-control": IMMUTABLE, etag: `"${hash}"` };
    if (hasEntity(context.req.header("if-none-match"), `"${hash}"`)) return context.body(null, 304, headers);
    return context.body(Uint8Array.from(bytes), 200, { ...headers, "content-type": "application/json" });
  });
}
