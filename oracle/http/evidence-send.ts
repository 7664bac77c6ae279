import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { IntakeRefusal } from "../domain/evidence-refusal.ts";
import type { Accepted } from "../roles/intake/accept.ts";
import { mediaTypeFor, sizeLimit } from "../roles/intake/submission.ts";
import { boundedBody } from "./bounded-body.ts";
import { accountOf, mediaTypeIn, roundIn, sequenceIn, telemetrySource } from "./evidence-requests.ts";
import { documentRoute, linkRoute, telemetryRoute } from "./evidence-routes.ts";
import { linkSchema } from "./evidence-schemas.ts";
import type { EvidenceParts } from "./evidence.ts";
import type { Env } from "./env.ts";

const BODY_TIME_MS = 30_000;
const MOST_LINK_BYTES = 16 * 1024;

/**
 * What takes evidence in. Bodies are taken as they are, so these routes are described apart from their handlers: what reads
 * and checks bodies by their description would read them without bounds.
 */
export function sendRoutes(app: OpenAPIHono<Env>, { intake, chainId, bodyTimeMs = BODY_TIME_MS }: EvidenceParts): void {
  for (const route of [telemetryRoute, documentRoute, linkRoute]) app.openAPIRegistry.registerPath(route);

  app.post(pathOf(telemetryRoute), async (context) => {
    const id = roundIn(context, chainId);
    const sequence = sequenceIn(context);
    const source = telemetrySource(context, id.pool);
    const mediaType = mediaTypeFor("telemetry", mediaTypeIn(context));
    await intake.mayTelemeter(id, source);
    const bytes = await boundedBody(context, { bytes: sizeLimit("telemetry", intake.limits), timeMs: bodyTimeMs });
    const name = nameIn(context);
    const fixed = { kind: "telemetry", private: context.req.query("private") === "true" } as const;
    return answer(await intake.accept({ ...id, ...fixed, name, mediaType, source, sequence, bytes }));
  });

  app.post(pathOf(documentRoute), async (context) => {
    const id = roundIn(context, chainId);
    const source = accountOf(context);
    const mediaType = mediaTypeFor("document", mediaTypeIn(context));
    const { name = "", subject } = context.req.query();
    const hidden = flagIn(context, "private");
    const bytes = await boundedBody(context, { bytes: sizeLimit("document", intake.limits), timeMs: bodyTimeMs });
    const fixed = { kind: "document", sequence: null, private: hidden } as const;
    const about = subject === undefined ? {} : { subject: subject.toLowerCase() as `0x${string}` };
    return answer(await intake.accept({ ...id, ...fixed, ...about, name, mediaType, source, bytes }));
  });

  app.post(pathOf(linkRoute), async (context) => {
    const id = roundIn(context, chainId);
    const source = accountOf(context);
    const bytes = await boundedBody(context, { bytes: MOST_LINK_BYTES, timeMs: bodyTimeMs });
    const { subject, ...link } = linkIn(bytes);
    const about = subject === undefined ? {} : { subject: subject as `0x${string}` };
    return answer(await intake.acceptLink({ ...id, ...link, ...about, source }));
  });
}

/** Made without hono, which would make an object of the headers: this is the busiest answer of all. */
function answer({ receipt, created }: Accepted): Response {
  const { pool, round, leaf } = receipt;
  const location = `/v1/pools/${pool}/rounds/${round}/evidence/${leaf}`;
  const headers = { "content-type": "application/json", etag: `"${leaf}"`, location };
  return new Response(JSON.stringify(receipt), { status: created ? 201 : 200, headers });
}

function linkIn(bytes: Uint8Array) {
  const parsed = linkSchema.strict().safeParse(jsonOf(bytes));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = ["body", ...(issue?.path ?? [])].join(".");
  throw new IntakeRefusal("link-form", { field, limit: issue?.message ?? "a link" });
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new IntakeRefusal("link-form", { field: "body", limit: "JSON with the property url" });
  }
}

/** The name a path spells, which must be decoded whole: what is left as it was would be another name. */
function nameIn(context: Context<Env>): string {
  const name = context.req.param("name") ?? "";
  if (!name.includes("%")) return name;
  const raw = new URL(context.req.url).pathname.split("/").at(-2) ?? "";
  if (isSpelling(raw, name)) return name;
  throw new IntakeRefusal("bad-name", { field: "name", value: raw, limit: "UTF-8 in percent encoding" });
}

function isSpelling(raw: string, name: string): boolean {
  try {
    return decodeURIComponent(raw) === name;
  } catch {
    return false;
  }
}

/** A switch of the query. @throws IntakeRefusal where it is neither on nor off: a typing error must publish nothing */
function flagIn(context: Context<Env>, name: string): boolean {
  const text = context.req.query(name) ?? "false";
  if (text === "true" || text === "false") return text === "true";
  throw new IntakeRefusal("bad-private", { field: name, value: text, limit: "true or false" });
}

/** hono's spelling of a described path. */
export function pathOf({ path }: { readonly path: string }): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}
