import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { addressSchema } from "../domain/schema.ts";
import { onError, onNotFound } from "./problem.ts";

/** What the API shows of a pool. Documents are served byte for byte as they were sealed. */
export interface PublishedPool {
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

const poolSchema = z
  .object({
    pool: z.string(),
    title: z.string(),
    template: z.string(),
    chainId: z.int(),
    rounds: z.int(),
    providers: z.int(),
    audited: z.boolean(),
    files: z.array(z.string()),
  })
  .openapi("Pool");

const problemSchema = z
  .object({ type: z.string(), title: z.string(), status: z.int(), detail: z.string().optional() })
  .openapi("Problem");

const poolParams = z.object({ pool: z.string().openapi({ param: { name: "pool", in: "path" } }) });
const fileParams = poolParams.extend({ file: z.string().openapi({ param: { name: "file", in: "path" } }) });
const notFound = {
  description: "No such pool or file",
  content: { "application/problem+json": { schema: problemSchema } },
};

const listRoute = createRoute({
  method: "get",
  path: "/v1/pools",
  responses: {
    200: {
      description: "All pools this server knows",
      content: { "application/json": { schema: z.object({ pools: z.array(poolSchema) }) } },
    },
  },
});

const poolRoute = createRoute({
  method: "get",
  path: "/v1/pools/{pool}",
  request: { params: poolParams },
  responses: {
    200: { description: "The pool", content: { "application/json": { schema: poolSchema } } },
    404: notFound,
  },
});

const fileRoute = createRoute({
  method: "get",
  path: "/v1/pools/{pool}/files/{file}",
  request: { params: fileParams },
  responses: {
    200: {
      description: "A file of the season, byte for byte: result.json, chain.json, bundle-<round>.json or seal.json",
      content: { "application/json": { schema: z.unknown() } },
    },
    404: notFound,
  },
});

/** The public API over finished seasons: read-only, JSON, described at /openapi.json; errors are problem documents. */
export function poolsApp(pools: readonly PublishedPool[]): OpenAPIHono {
  const app = new OpenAPIHono();
  const find = (address: string): PublishedPool | undefined => {
    const parsed = addressSchema.safeParse(address.toLowerCase());
    return parsed.success ? pools.find(({ pool }) => pool === parsed.data) : undefined;
  };
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.openapi(listRoute, (c) => c.json({ pools: pools.map(summary) }, 200));
  app.openapi(poolRoute, (c) => {
    const pool = find(c.req.valid("param").pool);
    return pool === undefined ? (missing(c.req.path) as never) : c.json(summary(pool), 200);
  });
  app.openapi(fileRoute, (c) => {
    const { pool, file } = c.req.valid("param");
    const bytes = find(pool)?.files.get(file);
    if (bytes === undefined) return missing(c.req.path) as never;
    return c.body(bytes.slice().buffer, 200, { "content-type": "application/json" }) as never;
  });
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Guerdon", version: "1", description: "Pools, their rounds, and the files to audit them with." },
  });
  app.notFound(onNotFound);
  app.onError(onError());
  return app;

  function missing(path: string): Response {
    const body = { type: "urn:guerdon:problem:not-found", title: "there is nothing here", status: 404, detail: path };
    return new Response(JSON.stringify(body), { status: 404, headers: { "content-type": "application/problem+json" } });
  }
}

function summary({ files, ...pool }: PublishedPool) {
  return { ...pool, files: [...files.keys()] };
}
