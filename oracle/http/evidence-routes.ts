import { createRoute, z } from "@hono/zod-openapi";
import { MEDIA_TYPES } from "../domain/evidence.ts";
import { TYPES_OF_KIND } from "../roles/intake/limits.ts";
import { frozenDocument, linkSchema, listSchema, openedSchema, receiptSchema } from "./evidence-schemas.ts";
import { jsonAnswer } from "./forms.ts";
import { problemResponses } from "./problems.ts";

/** Most items of one page. */
export const MOST_LISTED = 1_000;

// Paths are checked by hand, so that each part has its own problem; here they are only described.
const pathParam = (name: string, description: string, example: string) =>
  z.string().openapi({ param: { name, in: "path" }, description, example });
const roundParams = z.object({
  pool: pathParam("pool", "Address of the pool", `0x${"1".repeat(40)}`),
  round: pathParam("round", "Round, counted from 0", "0"),
});
const itemParams = roundParams.extend({ leaf: pathParam("leaf", "Leaf of the item", `0x${"2".repeat(64)}`) });
const documentQuery = z.object({
  name: z.string().optional().openapi({ description: "Name of the document" }),
  private: z.enum(["true", "false"]).optional().openapi({ description: "Whether only those entitled may read it" }),
  subject: z.string().optional().openapi({ description: "Account of whom a private document is about" }),
});
const pageQuery = z.object({
  after: z.coerce.number().int().min(0).default(0).openapi({ description: "Position after which items are listed" }),
  limit: z.coerce.number().int().min(1).max(MOST_LISTED).default(100),
});

const ROUND = "/v1/pools/{pool}/rounds/{round}";
const taken = {
  200: jsonAnswer("The same was taken in before; its receipt", receiptSchema),
  201: jsonAnswer("Taken in and durable; its receipt", receiptSchema),
  ...problemResponses(403, 404, 408, 409, 410, 413, 415, 421, 422),
};
const anyBody = (types: readonly string[]) => ({
  required: true,
  content: Object.fromEntries(types.map((type) => [type, { schema: z.string().openapi({ format: "binary" }) }])),
});

export const telemetryRoute = createRoute({
  method: "post",
  path: `${ROUND}/telemetry/{name}/{sequence}`,
  summary: "Send a batch of telemetry, once per sender, name and sequence",
  request: {
    params: roundParams.extend({
      name: pathParam("name", "Name of the file the batch belongs to", "uptime.csv"),
      sequence: pathParam("sequence", "Place of the batch, counted from 0", "0"),
    }),
    body: anyBody(TYPES_OF_KIND.telemetry),
  },
  responses: taken,
});

export const documentRoute = createRoute({
  method: "post",
  path: `${ROUND}/documents`,
  summary: "Send a document",
  request: { params: roundParams, query: documentQuery, body: anyBody(MEDIA_TYPES) },
  responses: taken,
});

export const linkRoute = createRoute({
  method: "post",
  path: `${ROUND}/links`,
  summary: "Send a link; what it leads to now is taken in",
  request: { params: roundParams, body: { required: true, content: { "application/json": { schema: linkSchema } } } },
  responses: taken,
});

export const listRoute = createRoute({
  method: "get",
  path: `${ROUND}/evidence`,
  summary: "What has been taken in, in its order",
  request: { params: roundParams, query: pageQuery },
  responses: { 200: jsonAnswer("A page of items", listSchema), ...problemResponses(404, 421) },
});

export const itemRoute = createRoute({
  method: "get",
  path: `${ROUND}/evidence/{leaf}`,
  summary: "An item with its proof",
  request: { params: itemParams },
  responses: { 200: jsonAnswer("The item", openedSchema), ...problemResponses(403, 404, 409, 410, 421) },
});

export const contentRoute = createRoute({
  method: "get",
  path: `${ROUND}/evidence/{leaf}/content`,
  summary: "An item's bytes, as a download",
  request: { params: itemParams },
  responses: {
    200: {
      description: "The bytes",
      content: anyBody(MEDIA_TYPES.filter((type) => type !== "text/html")).content,
    },
    304: { description: "The caller has it already" },
    ...problemResponses(403, 404, 409, 410, 421),
  },
});

export const receiptRoute = createRoute({
  method: "get",
  path: `${ROUND}/evidence/{leaf}/receipt`,
  summary: "An item's receipt",
  request: { params: itemParams },
  responses: { 200: jsonAnswer("The receipt", receiptSchema), ...problemResponses(403, 404, 410, 421) },
});

export const eraseRoute = createRoute({
  method: "delete",
  path: `${ROUND}/evidence/{leaf}`,
  summary: "Erase a private item for ever; its leaf and position remain",
  request: { params: itemParams },
  responses: { 204: { description: "Erased" }, ...problemResponses(403, 404, 410, 421) },
});

export const frozenRoute = createRoute({
  method: "get",
  path: `${ROUND}/frozen`,
  summary: "The round's evidence as it was closed, signed",
  request: { params: roundParams },
  responses: { 200: jsonAnswer("Closed evidence", frozenDocument), ...problemResponses(404, 409, 421) },
});
