import { createRoute, z, type OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "./env.ts";
import { addressForm, poolParam } from "./forms.ts";
import { apiApp } from "./invalid.ts";
import { jsonBytes } from "./json-bytes.ts";
import { onError, onNotFound } from "./problem.ts";
import { problemResponses, refuse } from "./problems.ts";

/** Files of finished seasons, to audit them with: by pool in lower case, then by name. */
export type SeasonFiles = ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;

const poolParams = z.object({ pool: poolParam });
const fileParams = poolParams.extend({
  file: z
    .string()
    .max(100)
    .openapi({ param: { name: "file", in: "path" }, example: "result.json" }),
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/pools/{pool}/files",
  tags: ["pools"],
  summary: "Names of the files of a finished season",
  request: { params: poolParams },
  responses: {
    200: {
      description: "The names",
      content: { "application/json": { schema: z.object({ files: z.array(z.string()) }) } },
    },
    ...problemResponses(404),
  },
});

const fileRoute = createRoute({
  method: "get",
  path: "/v1/pools/{pool}/files/{file}",
  tags: ["pools"],
  summary: "A file of a finished season",
  description: "Byte for byte as it was sealed: result.json, chain.json, bundle-<round>.json or seal.json.",
  request: { params: fileParams },
  responses: {
    200: {
      description: "The file",
      content: { "application/json": { schema: z.record(z.string(), z.unknown()) } },
    },
    ...problemResponses(404),
  },
});

/** Serves the files of finished seasons byte for byte. */
export function seasonApp(seasons: SeasonFiles) {
  return apiApp()
    .openapi(listRoute, (c) => {
      const files = seasons.get(c.req.valid("param").pool);
      if (files === undefined) return refuse(c, "not-found", { detail: "no files of this pool" });
      return c.json({ files: [...files.keys()] }, 200);
    })
    .openapi(fileRoute, (c) => {
      const { pool, file } = c.req.valid("param");
      const bytes = seasons.get(pool)?.get(file);
      return bytes === undefined ? refuse(c, "not-found", { detail: "no such file" }) : jsonBytes(c, bytes);
    });
}

/** What is shown of a pool whose season is over and whose node does not run any more. */
export interface PublishedPool {
  /** Lower case. */
  readonly pool: string;
  readonly title: string;
  readonly template: string;
  readonly chainId: number;
  readonly rounds: number;
  readonly providers: number;
  /** Whether the audit of its files passed. */
  readonly audited: boolean;
  /** Files by name: result, chain export, bundles, seal. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const publishedSchema = z
  .object({
    pool: addressForm,
    title: z.string(),
    template: z.string(),
    chainId: z.int(),
    rounds: z.int(),
    providers: z.int(),
    audited: z.boolean(),
    files: z.array(z.string()),
  })
  .openapi("PublishedPool");

const publishedListRoute = createRoute({
  method: "get",
  path: "/v1/pools",
  responses: {
    200: {
      description: "All pools this server shows",
      content: { "application/json": { schema: z.object({ pools: z.array(publishedSchema) }) } },
    },
  },
});

const publishedRoute = createRoute({
  method: "get",
  path: "/v1/pools/{pool}",
  request: { params: poolParams },
  responses: {
    200: { description: "The pool", content: { "application/json": { schema: publishedSchema } } },
    ...problemResponses(404),
  },
});

/** A server over finished seasons alone: read-only, with no store behind it. Described at /openapi.json. */
export function publishedApp(pools: readonly PublishedPool[]): OpenAPIHono<Env> {
  const app = apiApp();
  app.openapi(publishedListRoute, (c) => c.json({ pools: pools.map(summary) }, 200));
  app.openapi(publishedRoute, (c) => {
    const { pool } = c.req.valid("param");
    const found = pools.find((one) => one.pool === pool);
    return found === undefined ? refuse(c, "not-found", { detail: "no such pool" }) : c.json(summary(found), 200);
  });
  app.route("/", seasonApp(new Map(pools.map(({ pool, files }) => [pool, files]))));
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Guerdon", version: "1", description: "Pools, and the files to audit their seasons with." },
  });
  app.notFound(onNotFound);
  app.onError(onError());
  return app;
}

function summary({ files, pool, ...rest }: PublishedPool) {
  return { pool: pool as `0x${string}`, ...rest, files: [...files.keys()] };
}
