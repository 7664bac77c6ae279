import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { isAddressEqual, type Hex } from "viem";
import type { ApiKeys } from "../roles/access/keys.ts";
import type { Clock } from "../ports.ts";
import { MAX_KEYS, type KeyRecord } from "../store/access.ts";
import { requireAccount } from "./callers.ts";
import { SCOPES, type Env } from "./env.ts";
import { poolParam, timeForm, timeText } from "./forms.ts";
import { apiApp } from "./invalid.ts";
import type { Pools } from "./known-pools.ts";
import { problemResponses, refuse, Refused } from "./problems.ts";
import { NOT_KEPT } from "./sign-in.ts";

const MAX_NAME = 100;

const keySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    createdAt: timeForm,
    expiresAt: timeForm.nullable(),
    lastUsed: z.iso.date().nullable().openapi({ description: "UTC day of its last use; null where it never was" }),
  })
  .openapi("ApiKey");

const keyRequest = z
  .strictObject({
    name: z.string().trim().min(1).max(MAX_NAME),
    scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
    expiresAt: timeForm.optional(),
  })
  .openapi("ApiKeyRequest");

const poolParams = z.object({ pool: poolParam });
const keyParams = poolParams.extend({
  id: z
    .string()
    .regex(/^[0-9a-z]{1,64}$/, "must be the id of an API key")
    .openapi({ param: { name: "id", in: "path" } }),
});
const shared = { tags: ["API keys"], security: [{ bearer: [] }] };

const createKeyRoute = createRoute({
  ...shared,
  method: "post",
  path: "/v1/pools/{pool}/keys",
  summary: "Make an API key for a sender of telemetry",
  description: `For the pool's manager. The token is shown here and never again. A pool has at most ${MAX_KEYS} keys.`,
  request: {
    params: poolParams,
    body: { required: true, content: { "application/json": { schema: keyRequest } } },
  },
  responses: {
    201: {
      description: "The key and its token",
      content: { "application/json": { schema: keySchema.extend({ token: z.string() }).openapi("NewApiKey") } },
    },
    ...problemResponses(400, 403, 404, 409, 413, 415),
  },
});

const listKeysRoute = createRoute({
  ...shared,
  method: "get",
  path: "/v1/pools/{pool}/keys",
  summary: "API keys of a pool, without their tokens",
  request: { params: poolParams },
  responses: {
    200: {
      description: "The keys",
      content: { "application/json": { schema: z.object({ keys: z.array(keySchema) }) } },
    },
    ...problemResponses(403, 404),
  },
});

const revokeKeyRoute = createRoute({
  ...shared,
  method: "delete",
  path: "/v1/pools/{pool}/keys/{id}",
  summary: "Revoke an API key",
  request: { params: keyParams },
  responses: { 204: { description: "The key is revoked" }, ...problemResponses(403, 404, 413) },
});

/** API keys, managed by whoever the terms of a pool name as its manager. */
export function keysApp({ keys, pools, clock }: { keys: ApiKeys; pools: Pools; clock: Clock }) {
  return apiApp()
    .openapi(createKeyRoute, async (c) => {
      const pool = await managedPool(c, pools, c.req.valid("param").pool);
      const { name, scopes, expiresAt } = c.req.valid("json");
      const end = expiresAt === undefined ? null : Date.parse(expiresAt);
      if (end !== null && end <= clock()) return tooEarly(c, expiresAt);
      const made = await keys.create({ pool, name, scopes: [...new Set(scopes)], expiresAt: end });
      if (made === null) return refuse(c, "too-many-keys", { detail: `at most ${MAX_KEYS}` });
      return c.json({ ...shownKey(made.record), token: made.token }, 201, NOT_KEPT);
    })
    .openapi(listKeysRoute, async (c) => {
      const pool = await managedPool(c, pools, c.req.valid("param").pool);
      return c.json({ keys: (await keys.list(pool)).map(shownKey) }, 200, NOT_KEPT);
    })
    .openapi(revokeKeyRoute, async (c) => {
      const { pool, id } = c.req.valid("param");
      await managedPool(c, pools, pool);
      return (await keys.revoke(pool, id)) ? c.body(null, 204) : refuse(c, "not-found", { detail: "no such key" });
    });
}

/** @throws Refused where there is no such pool, or whoever calls is not its manager */
async function managedPool(context: Context<Env>, pools: Pools, address: Hex): Promise<Hex> {
  const account = requireAccount(context);
  const pool = await pools.get(address);
  if (pool === null) throw new Refused("not-found", { detail: "no such pool" });
  if (!isAddressEqual(pool.terms.manager, account)) throw new Refused("not-manager");
  return pool.pool;
}

function tooEarly(context: Context<Env>, value: string | undefined) {
  const errors = [{ field: "body.expiresAt", value: JSON.stringify(value), limit: "must be in the future" }];
  return refuse(context, "invalid", { errors });
}

function shownKey({ id, name, scopes, createdAt, expiresAt, lastUsedDay }: KeyRecord) {
  return {
    id,
    name,
    scopes,
    createdAt: timeText(createdAt),
    expiresAt: expiresAt === null ? null : timeText(expiresAt),
    lastUsed: lastUsedDay === null ? null : timeText(lastUsedDay).slice(0, 10),
  };
}
