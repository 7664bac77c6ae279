import { createRoute, z } from "@hono/zod-openapi";
import { roundTimes } from "../../contracts/protocol/clock.ts";
import { clockTerms } from "../../contracts/protocol/terms.ts";
import type { MadePool, Store } from "../ports.ts";
import { bundlesOf } from "../store/bundles.ts";
import { listStatuses, readStatus, ROUND_PROGRESS, type RoundStatus } from "../store/rounds.ts";
import { hashForm, hashOrNull, poolParam, roundParam, secondsForm } from "./forms.ts";
import { apiApp } from "./invalid.ts";
import type { Pools } from "./known-pools.ts";
import { cursorOf, linkNext, nextForm, pageQuery, readCursor } from "./pages.ts";
import { problemResponses, refuse } from "./problems.ts";

const roundSchema = z
  .object({
    round: z.int().min(0),
    /** S and E of the protocol. */
    start: secondsForm,
    end: secondsForm,
    deadlines: z.object({
      fund: secondsForm.openapi({ description: "Money comes in before this" }),
      withdraw: secondsForm.openapi({ description: "Buyers can take it back before this" }),
      assess: secondsForm.openapi({ description: "Without an assessment before this, silence holds" }),
      challengeSilence: secondsForm.openapi({ description: "Silence can be challenged before this" }),
      settled: secondsForm.openapi({ description: "Settled at this time at the latest, whatever happens" }),
    }),
    progress: z.enum(ROUND_PROGRESS).nullable().openapi({ description: "Null before this node has looked at it" }),
    since: secondsForm.nullable(),
    evidenceRoot: hashOrNull,
    obstacle: z.string().nullable(),
  })
  .openapi("Round");

const poolParams = z.object({ pool: poolParam });
const roundParams = poolParams.extend({ round: roundParam });

const listRoute = createRoute({
  method: "get",
  path: "/v1/pools/{pool}/rounds",
  tags: ["rounds"],
  summary: "Rounds of a pool, in order",
  request: { params: poolParams, query: pageQuery },
  responses: {
    200: {
      description: "A page of rounds; `Link` with `rel=next` leads to the next",
      content: { "application/json": { schema: z.object({ rounds: z.array(roundSchema), next: nextForm }) } },
    },
    ...problemResponses(400, 404),
  },
});

const roundRoute = createRoute({
  method: "get",
  path: "/v1/pools/{pool}/rounds/{round}",
  tags: ["rounds"],
  summary: "A round: its times, and where this node is with it",
  request: { params: roundParams },
  responses: {
    200: { description: "The round", content: { "application/json": { schema: roundSchema } } },
    ...problemResponses(404),
  },
});

const bundlesRoute = createRoute({
  method: "get",
  path: "/v1/pools/{pool}/rounds/{round}/bundles",
  tags: ["bundles"],
  summary: "Hashes of the bundles this node holds of a round, ascending",
  request: { params: roundParams },
  responses: {
    200: {
      description: "The hashes",
      content: { "application/json": { schema: z.object({ bundles: z.array(hashForm) }) } },
    },
    ...problemResponses(404),
  },
});

/** The rounds of pools. */
export function roundsApp({ pools, store, chainId }: { pools: Pools; store: Store; chainId: number }) {
  return apiApp()
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const pool = await pools.get(c.req.valid("param").pool);
      if (pool === null) return refuse(c, "not-found", { detail: "no such pool" });
      const first = readCursor(cursor, readPlace) ?? 0;
      const end = Math.min(first + limit, pool.terms.rounds);
      const statuses = await listStatuses(store, { chainId, pool: pool.pool });
      const places = Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
      const rounds = places.map((place) =>
        roundForm(
          pool,
          place,
          statuses.find(({ round }) => round === place),
        ),
      );
      const next = end < pool.terms.rounds ? cursorOf(String(end)) : null;
      linkNext(c, next, limit);
      return c.json({ rounds, next }, 200);
    })
    .openapi(roundRoute, async (c) => {
      const { pool: address, round } = c.req.valid("param");
      const pool = await pools.get(address);
      if (pool === null || round >= pool.terms.rounds) return refuse(c, "not-found", { detail: "no such round" });
      const status = await readStatus(store, { chainId, pool: pool.pool, round });
      return c.json(roundForm(pool, round, status ?? undefined), 200);
    })
    .openapi(bundlesRoute, async (c) => {
      const { pool: address, round } = c.req.valid("param");
      const pool = await pools.get(address);
      if (pool === null || round >= pool.terms.rounds) return refuse(c, "not-found", { detail: "no such round" });
      return c.json({ bundles: await bundlesOf(store, { chainId, pool: pool.pool, round }) }, 200);
    });
}

function roundForm({ terms }: MadePool, round: number, status: RoundStatus | undefined): z.output<typeof roundSchema> {
  const { start, end } = roundTimes(clockTerms(terms), round);
  const [from, to] = [Number(start), Number(end)];
  const assess = to + terms.assessmentWindow;
  const challengeSilence = assess + terms.challengeWindow;
  return {
    round,
    start: from,
    end: to,
    deadlines: {
      fund: to,
      withdraw: from,
      assess,
      challengeSilence,
      settled: challengeSilence + terms.rulingWindow,
    },
    progress: status?.progress ?? null,
    since: status?.since ?? null,
    evidenceRoot: status?.evidenceRoot ?? null,
    obstacle: status?.obstacle ?? null,
  };
}

function readPlace(text: string): number | null {
  return /^(?:0|[1-9]\d{0,2})$/.test(text) ? Number(text) : null;
}
