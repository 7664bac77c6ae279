import { createRoute, z } from "@hono/zod-openapi";
import { PeerError } from "../ports.ts";
import type { PrivateRecords } from "../roles/assessor/judging/private.ts";
import { requireAccount } from "./callers.ts";
import { hashForm, hashParam } from "./forms.ts";
import { apiApp } from "./invalid.ts";
import { problemResponses, refuse } from "./problems.ts";

/** Units of one page: each has several answers of a model. */
const [MOST_UNITS, UNITS] = [500, 200];

const pageQuery = z.object({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .openapi({
      param: { name: "after", in: "query" },
      description: "Units that come before, in the order of the record",
    }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_UNITS)
    .default(UNITS)
    .openapi({ param: { name: "limit", in: "query" }, description: "Most units of the page; some may be gone" }),
});

const privateRoute = createRoute({
  method: "get",
  path: "/v1/judgements/{hash}/private",
  tags: ["bundles"],
  summary: "What a node's models answered about private evidence, by the hash of the node's record",
  description:
    "For the pool's arbiter and the nodes of its oracle, of this node's own records. What was erased at the intake is not there.",
  security: [{ bearer: [] }],
  request: {
    params: z.object({ hash: hashParam("hash") }),
    query: pageQuery,
  },
  responses: {
    200: {
      description: "Whole records of private units",
      content: {
        "application/json": {
          schema: z.object({
            records: z.array(
              z.object({
                sealed: hashForm.openapi({ description: "keccak256 over the item's salt and the record's hash" }),
                record: z.record(z.string(), z.unknown()).openapi("UnitRecord"),
              }),
            ),
            next: z.int().nullable().openapi({ description: "What to ask for units `after` next; null at the end" }),
          }),
        },
      },
    },
    ...problemResponses(403, 404, 503),
  },
});

/** What a node shows of its private judgements, to those entitled. */
export function judgementsApp(records: PrivateRecords) {
  return apiApp().openapi(privateRoute, async (c) => {
    const viewer = requireAccount(c);
    // Whoever comes later may not find it, and nobody in between may keep it.
    c.header("cache-control", "private, no-store");
    const page = await records(c.req.valid("param").hash, viewer, c.req.valid("query")).catch(orUnavailable);
    if (page === "unavailable") return refuse(c, "intake-unavailable", { headers: { "retry-after": "30" } });
    if (page === "unknown") return refuse(c, "not-found", { detail: "this node has no such record of its own" });
    if (page === "not-entitled") return refuse(c, "not-party");
    return c.json({ records: page.records.map((one) => ({ ...one })), next: page.next }, 200);
  });
}

function orUnavailable(error: unknown): "unavailable" {
  if (error instanceof PeerError) return "unavailable";
  throw error;
}
