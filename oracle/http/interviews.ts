import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { z } from "@hono/zod-openapi";
import type { Step } from "../domain/interview/steps.ts";
import type { Interviewer } from "../roles/interviewer/interviewer.ts";
import { seedBlock } from "../roles/interviewer/rosters.ts";
import type { View } from "../roles/interviewer/talk.ts";
import { interviewToken } from "../roles/access/tokens.ts";
import type { RosterRow, SampleRow } from "../store/interviews.ts";
import { boundedBody } from "./bounded-body.ts";
import { requireAccount } from "./callers.ts";
import type { Env } from "./env.ts";
import { mediaTypeIn } from "./evidence-requests.ts";
import { pathOf } from "./evidence-send.ts";
import { interviewError } from "./interview-problems.ts";
import {
  answerRoute,
  consentRoute,
  countsRoute,
  drawRoute,
  inviteRoute,
  languageRoute,
  putRosterRoute,
  rosterRoute,
  sampleRoute,
  stepRoute,
  transcriptRoute,
  withdrawRoute,
} from "./interview-routes.ts";
import { rosterRequest, type rosterForm, type sampleForm, type StepForm, type viewForm } from "./interview-schemas.ts";
import { apiApp, fieldErrors } from "./invalid.ts";
import { refuse, Refused } from "./problems.ts";

const MIB = 1024 * 1024;
/** A roster has up to 100,000 entries. */
const MOST_ROSTER_BYTES = 32 * MIB;
const BODY_TIME_MS = 30_000;

/** What the interviews' API is put together from. */
export interface InterviewsParts {
  readonly interviewer: Interviewer;
  readonly chainId: number;
}

/** Routes with a body limit of their own. */
export const LARGE_ROUTES = { routes: [{ method: putRosterRoute.method, path: pathOf(putRosterRoute) }] };

/** Interviews over HTTP, under `/v1`: for the manager, for interviewers, and for participants, who have a link and no account. */
export function interviewsApp({ interviewer, chainId }: InterviewsParts) {
  const app = newApp();

  app.openAPIRegistry.registerPath(putRosterRoute);
  // Apart from its description, which would have the body read without this bound.
  app.put(pathOf(putRosterRoute), async (c) => {
    const params = putRosterRoute.request.params.safeParse(c.req.param());
    if (!params.success) {
      return refuse(c, "invalid", { errors: fieldErrors("path", params.error, c.req.param()) });
    }
    const account = requireAccount(c);
    if (mediaTypeIn(c) !== "application/json") return refuse(c, "unsupported-type");
    const bytes = await boundedBody(c, { bytes: MOST_ROSTER_BYTES, timeMs: BODY_TIME_MS });
    const body = jsonOf(bytes);
    if (body === undefined) return refuse(c, "malformed");
    const parsed = rosterRequest.safeParse(body);
    if (!parsed.success) return refuse(c, "invalid", { errors: fieldErrors("body", parsed.error, body) });
    const id = { chainId, ...params.data };
    const { row, created } = await interviewer.closeRoster(id, account, parsed.data.entries);
    return c.json(rosterOf(row, null), created ? 201 : 200);
  });

  return app
    .openapi(rosterRoute, async (c) => {
      const { row, entries } = await interviewer.roster({ chainId, ...c.req.valid("param") }, accountIn(c));
      return c.json(rosterOf(row, entries), 200);
    })
    .openapi(drawRoute, async (c) => {
      const id = { chainId, ...c.req.valid("param") };
      const { row, created, drawn } = await interviewer.draw(id, requireAccount(c), c.req.valid("json"));
      return c.json(sampleOf(row, drawn), created ? 201 : 200);
    })
    .openapi(sampleRoute, async (c) => {
      const { row, drawn } = await interviewer.sample({ chainId, ...c.req.valid("param") }, accountIn(c));
      return c.json(sampleOf(row, drawn), 200);
    })
    .openapi(inviteRoute, async (c) => {
      const id = { chainId, ...c.req.valid("param") };
      const { interview, secret } = await interviewer.invite(id, requireAccount(c), c.req.valid("json"));
      return c.json({ id: interview, token: interviewToken(interview, secret) }, 201);
    })
    .openapi(countsRoute, async (c) => {
      const id = { chainId, ...c.req.valid("param") };
      return c.json({ providers: await interviewer.counts(id, requireAccount(c)) }, 200);
    })
    .openapi(stepRoute, async (c) => c.json(viewOf(await interviewer.step(linked(c))), 200))
    .openapi(consentRoute, async (c) => {
      return c.json(viewOf(await interviewer.consent(linked(c), c.req.valid("json").agree)), 200);
    })
    .openapi(languageRoute, async (c) => {
      return c.json(viewOf(await interviewer.language(linked(c), c.req.valid("json").language)), 200);
    })
    .openapi(answerRoute, async (c) => {
      const { step, reply } = c.req.valid("json");
      return c.json(viewOf(await interviewer.answer(linked(c), step, reply)), 200);
    })
    .openapi(transcriptRoute, async (c) => c.json(await interviewer.transcript(linked(c)), 200))
    .openapi(withdrawRoute, async (c) => {
      await interviewer.withdraw(linked(c));
      return c.body(null, 204);
    });
}

function newApp(): OpenAPIHono<Env> {
  const app = apiApp();
  for (const path of ["/v1/interviews/*", "/v1/pools/:pool/rounds/:round/:what{roster|sample|interviews}"]) {
    app.use(path, async (c, next) => {
      await next();
      c.header("cache-control", "no-store");
    });
  }
  app.onError(interviewError);
  return app;
}

/** The interview in the path, for who holds its link. @throws Refused */
function linked(context: Context<Env>): string {
  const caller = context.get("caller");
  if (caller?.kind !== "participant") {
    throw new Refused("interview-link-needed", { headers: { "www-authenticate": "Bearer" } });
  }
  if (caller.interview !== context.req.param("id")) throw new Refused("other-interview");
  return caller.interview;
}

function accountIn(context: Context<Env>): string | null {
  const caller = context.get("caller");
  return caller?.kind === "account" ? caller.address : null;
}

function rosterOf(
  row: RosterRow,
  entries: Awaited<ReturnType<Interviewer["roster"]>>["entries"],
): z.output<typeof rosterForm> {
  const { rosterHash, count, closingBlock } = row;
  const shown = entries === null ? null : [...entries];
  return { rosterHash, count, closingBlock, seedBlock: String(seedBlock(row)), entries: shown };
}

function sampleOf(
  { rosterHash, seed, size, minimum, providers }: SampleRow,
  drawn: Awaited<ReturnType<Interviewer["sample"]>>["drawn"],
): z.output<typeof sampleForm> {
  return { rosterHash, seed, size, minimum, providers, drawn: drawn === null ? null : [...drawn] };
}

function viewOf({ step, progress, ended }: View): z.output<typeof viewForm> {
  return { step: stepOf(step), progress, ended };
}

/** A step as participants see it: without what only a model needs. */
function stepOf(step: Step): StepForm {
  const { id, language, text } = step;
  const shown = { id, language, text };
  switch (step.kind) {
    case "consent":
      return { kind: step.kind, ...shown, texts: step.texts };
    case "language":
    case "item":
      return { kind: step.kind, ...shown, options: [...step.options] };
    case "open":
    case "probe":
      return { kind: step.kind, ...shown, maxCharacters: step.maxCharacters };
    case "end":
      return { kind: step.kind, ...shown, reason: step.reason };
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
