import { createRoute, z } from "@hono/zod-openapi";
import type { Hex } from "viem";
import { addressSchema } from "../domain/schema.ts";
import { poolParam } from "./forms.ts";
import { apiApp } from "./invalid.ts";
import type { Pools } from "./known-pools.ts";
import { cursorOf, linkNext, nextForm, pageQuery, readCursor } from "./pages.ts";
import { problemResponses, refuse } from "./problems.ts";
import { poolForm, poolSchema } from "./terms-form.ts";

const listRoute = createRoute({
  method: "get",
  path: "/v1/pools",
  tags: ["pools"],
  summary: "Pools, in ascending order of address",
  request: { query: pageQuery },
  responses: {
    200: {
      description: "A page of pools; `Link` with `rel=next` leads to the next",
      content: { "application/json": { schema: z.object({ pools: z.array(poolSchema), next: nextForm }) } },
    },
    ...problemResponses(400),
  },
});

const poolRoute = createRoute({
  method: "get",
  path: "/v1/pools/{pool}",
  tags: ["pools"],
  summary: "A pool and its terms",
  request: { params: z.object({ pool: poolParam }) },
  responses: {
    200: { description: "The pool", content: { "application/json": { schema: poolSchema } } },
    ...problemResponses(404),
  },
});

/** The pools of the factory, as far as they are final on the chain. */
export function poolsApp({ pools, chainId }: { pools: Pools; chainId: number }) {
  return apiApp()
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const found = await pools.list(readCursor(cursor, readAddress), limit + 1);
      const page = found.slice(0, limit);
      const next = found.length > limit ? cursorOf(page.at(-1)!.pool) : null;
      linkNext(c, next, limit);
      return c.json({ pools: page.map((pool) => poolForm(pool, chainId)), next }, 200);
    })
    .openapi(poolRoute, async (c) => {
      const pool = await pools.get(c.req.valid("param").pool);
      return pool === null ? refuse(c, "not-found", { detail: "no such pool" }) : c.json(poolForm(pool, chainId), 200);
    });
}

function readAddress(text: string): Hex | null {
  return addressSchema.safeParse(text).data ?? null;
}
