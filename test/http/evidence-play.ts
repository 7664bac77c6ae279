import { Hono } from "hono";
import type { Caller, Env, Scope } from "../../oracle/http/env.ts";
import { evidenceApp } from "../../oracle/http/evidence.ts";
import type { IntakeParts } from "../../oracle/roles/intake/parts.ts";
import { CHAIN_ID, MANAGER, NO_LOG, POOL, startIntake, type IntakePlay } from "../roles/intake/fixture.ts";

/** The evidence API over an intake; who calls is what the request's header `x-caller` says. */
export interface EvidencePlay extends IntakePlay {
  readonly app: Hono<Env>;
  readonly logged: object[];
  send(path: string, request?: Request_): Promise<Response>;
}

export interface Request_ {
  readonly method?: string;
  /** An account, or `key` and scopes with commas between; nobody where not given. */
  readonly caller?: string | null;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | ReadableStream<Uint8Array>;
}

export const ROUND_PATH = `/v1/pools/${POOL}/rounds/0`;

export async function startEvidence(changes: Partial<IntakeParts> = {}, bodyTimeMs = 1_000): Promise<EvidencePlay> {
  const play = await startIntake(changes);
  const logged: object[] = [];
  const app = evidenceServer(play, bodyTimeMs, logged);
  const send = (path: string, request: Request_ = {}) => {
    const { method = request.body === undefined ? "GET" : "POST", caller = MANAGER, type, headers, body } = request;
    const all: Record<string, string> = { ...headers };
    if (type !== undefined) all["content-type"] = type;
    if (caller !== null) all["x-caller"] = caller;
    const init = { method, headers: all, ...(body === undefined ? {} : { body, duplex: "half" }) };
    return Promise.resolve(app.request(path.startsWith("/") ? path : `${ROUND_PATH}/${path}`, init as RequestInit));
  };
  return { ...play, app, logged, send };
}

export function evidenceServer(
  { intake }: Pick<IntakePlay, "intake">,
  bodyTimeMs: number,
  logged: object[],
): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (context, next) => {
    context.set("caller", callerOf(context.req.header("x-caller")));
    context.set("log", { ...NO_LOG, error: (fields) => void logged.push(fields) });
    await next();
  });
  app.route("/", evidenceApp({ intake, chainId: CHAIN_ID, bodyTimeMs }));
  return app;
}

function callerOf(header: string | undefined): Caller | null {
  if (header === undefined) return null;
  if (header.startsWith("0x")) return { kind: "account", address: header as `0x${string}` };
  const [, pool = POOL, ...scopes] = header.split(",");
  return { kind: "sender", id: "abc", pool: pool as `0x${string}`, scopes: scopes as Scope[] };
}

/** A problem document, and that it is one. */
export async function problemOf(
  response: Response,
): Promise<{ type: string; errors: { field: string; limit: string; value?: string }[] }> {
  const body = (await response.json()) as { type: string; status: number; errors: never[] };
  if (response.headers.get("content-type") !== "application/problem+json") throw new Error("not a problem document");
  if (body.status !== response.status) throw new Error("the problem has another status than the answer");
  return body;
}
