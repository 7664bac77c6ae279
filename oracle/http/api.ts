import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import type { Bell } from "../ops/bell.ts";
import { followJournal, journalEnd } from "../ops/journal.ts";
import type { BlobStore, ChainReader, Clock, Logger, Store } from "../ports.ts";
import { createApiKeys } from "../roles/access/keys.ts";
import { createSignIn } from "../roles/access/sign-in.ts";
import { bundlesApp } from "./bundles.ts";
import { identified, type InterviewLinks } from "./callers.ts";
import { docsApp } from "./docs.ts";
import type { Env } from "./env.ts";
import { apiError } from "./errors.ts";
import { eventsApp, type EventParts, type EventSource } from "./events.ts";
import type { evidenceApp } from "./evidence.ts";
import { acceptable, boundedBodies, guarded, logged, shared, type Timing } from "./frame.ts";
import { LARGE_ROUTES, type interviewsApp } from "./interviews.ts";
import { apiApp } from "./invalid.ts";
import type { judgementsApp } from "./judgements.ts";
import { keysApp } from "./keys.ts";
import type { Pools } from "./known-pools.ts";
import { judgesInWords, nodeInfoApp, type NodeInfo } from "./node-info.ts";
import type { peersApp } from "./peers.ts";
import type { providersApp } from "./providers.ts";
import { poolsApp } from "./pools.ts";
import { onNotFound } from "./problem.ts";
import { refuse } from "./problems.ts";
import { limited, rateLimits, type RateLimits } from "./rate-limit.ts";
import { roundsApp } from "./rounds.ts";
import { routesOf } from "./route-table.ts";
import { seasonApp, type SeasonFiles } from "./season.ts";
import { signInApp } from "./sign-in.ts";
import type { valuesApp } from "./values.ts";

/** Sub-apps of roles. Their routes have body limits of their own. */
export type EvidenceApp = ReturnType<typeof evidenceApp>;
export type PeersApp = ReturnType<typeof peersApp>;
export type ProvidersApp = ReturnType<typeof providersApp>;
export type InterviewsApp = ReturnType<typeof interviewsApp>;
export type ValuesApp = ReturnType<typeof valuesApp>;
export type NodeInfoApp = ReturnType<typeof nodeInfoApp>;
export type JudgementsApp = ReturnType<typeof judgementsApp>;

/** What the public API is made of. */
export interface ApiParts {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly chain: Pick<ChainReader, "chainId" | "signedBy">;
  readonly pools: Pools;
  readonly clock: Clock;
  readonly log: Logger;
  /** The origin people reach the service at. */
  readonly publicUrl: string;
  readonly corsOrigins: readonly string[];
  /** How many proxies stand in front. */
  readonly trustProxy: number;
  /** Requests a minute from one address, from which the other limits follow; or each of them. */
  readonly perMinute: number | RateLimits;
  /** Aborts when the process stops. */
  readonly stopping: AbortSignal;
  /** Rung in this process when events were written. */
  readonly bell?: Bell;
  readonly streams?: EventParts["streams"];
  readonly heartbeatMs?: number;
  readonly onTiming?: (timing: Timing) => void;
  readonly seasonFiles?: SeasonFiles;
  /** What the node says of itself. */
  readonly node?: NodeInfo;
  /** Evidence and specs, where the role is intake. */
  readonly evidence?: EvidenceApp;
  /** Messages between nodes. */
  readonly peers?: PeersApp;
  /** Private judgements, where the role is assessor. */
  readonly judgements?: JudgementsApp;
  /** What rounds tell providers, and what they say against them. */
  readonly providers?: ProvidersApp;
  /** Interviews, where the role is intake, and what knows their links. */
  readonly interviews?: { readonly app: InterviewsApp; readonly links: InterviewLinks };
  /** What buyers find good, where the role is intake. */
  readonly values?: ValuesApp;
}

const DESCRIPTION = {
  openapi: "3.1.0",
  info: {
    title: "Guerdon",
    version: "1",
    description:
      "Pools, their rounds, the evidence and the bundles to audit them with. Problems are documents of RFC 9457.",
  },
  security: [],
};

function describedBy(node: NodeInfo | undefined): typeof DESCRIPTION {
  if (node === undefined) return DESCRIPTION;
  const { info } = DESCRIPTION;
  return { ...DESCRIPTION, info: { ...info, description: `${info.description} ${judgesInWords(node)}` } };
}

const BEARER = {
  type: "http",
  scheme: "bearer",
  description: "The token of a session (`gs_…`), an API key (`gk_…`), or the link to an interview (`gi_…`)",
} as const;

/** The public API of a node: what everybody may read, sign-in, API keys, and what the node's roles add. */
export function publicApi(parts: ApiParts) {
  const { store, blobs, chain, pools, clock, log, publicUrl, stopping, trustProxy } = parts;
  const { chainId } = chain;
  const signIn = createSignIn({ store, chain, chainId, clock, publicUrl });
  const keys = createApiKeys({ store, clock, log });
  const base = framed(parts, { signIn, keys, interviews: parts.interviews?.links });
  const { streams, heartbeatMs } = parts;
  const given = { ...(streams && { streams }), ...(heartbeatMs !== undefined && { heartbeatMs }) };
  const events = { events: eventsOf(parts), pools, trustProxy, stopping, ...given };
  return base
    .route("/", parts.evidence ?? (apiApp() as EvidenceApp))
    .route("/", parts.peers ?? apiApp())
    .route("/", parts.judgements ?? (apiApp() as JudgementsApp))
    .route("/", parts.interviews?.app ?? (apiApp() as InterviewsApp))
    .route("/", parts.values ?? (apiApp() as ValuesApp))
    .route("/", parts.providers ?? (apiApp() as ProvidersApp))
    .route("/", parts.node === undefined ? (apiApp() as NodeInfoApp) : nodeInfoApp(parts.node))
    .route("/", signInApp(signIn))
    .route("/", keysApp({ keys, pools, clock }))
    .route("/", poolsApp({ pools, chainId }))
    .route("/", roundsApp({ pools, store, chainId }))
    .route("/", seasonApp(parts.seasonFiles ?? new Map()))
    .route("/", bundlesApp(blobs))
    .route("/", eventsApp(events))
    .route(
      "/",
      docsApp(() => base.getOpenAPI31Document(describedBy(parts.node))),
    );
}

/** For the typed client. Knows the routes of all roles: a node answers those of a role that is not on with 404. */
export type ApiType = ReturnType<typeof publicApi>;

/** An app with everything that is around the routes, in the order requests go through it. */
function framed(parts: ApiParts, access: Parameters<typeof identified>[0]): OpenAPIHono<Env> {
  const { publicUrl, corsOrigins, evidence, peers, interviews } = parts;
  const app = apiApp();
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", BEARER);
  const ownLimit = routesOf([evidence, peers, interviews && LARGE_ROUTES].filter((sub) => sub !== undefined));
  const frame: MiddlewareHandler<Env>[] = [
    ...logged(parts),
    guarded(publicUrl),
    shared(corsOrigins),
    methodNotAllowed({ app, onMethodNotAllowed: (c, methods) => refuse(c, "method-not-allowed", allowing(methods)) }),
    ...identified(access, rateLimited(parts)),
    boundedBodies(ownLimit),
    acceptable(app),
  ];
  for (const middleware of frame) app.use(middleware);
  app.notFound(onNotFound);
  app.onError(apiError);
  return app;
}

function rateLimited({ perMinute, peers, trustProxy, clock }: ApiParts): MiddlewareHandler<Env>[] {
  const limits = typeof perMinute === "number" ? rateLimits(perMinute) : perMinute;
  const ofPeers = routesOf(peers === undefined ? [] : [peers]);
  const shared = { trustProxy, clock };
  const rest = (path: string): boolean => !ofPeers(path);
  return [
    limited({ ...shared, name: "peers", limit: limits.peers, counted: ofPeers, byAddress: true }),
    limited({ ...shared, name: "an address", limit: limits.perAddress, counted: (p, known) => rest(p) && !known }),
    limited({ ...shared, name: "a caller", limit: limits.perCaller, counted: (p, known) => rest(p) && known }),
    limited({ ...shared, name: "sign-in", limit: limits.signIn, counted: isSignIn, byAddress: true }),
  ];
}

function isSignIn(path: string): boolean {
  return path === "/v1/sign-in" || path === "/v1/sign-in/nonce";
}

function allowing(methods: readonly string[]) {
  const allow = methods.join(", ");
  return { headers: { allow }, detail: `it takes ${allow}` };
}

function eventsOf({ store, chain, bell }: ApiParts): EventSource {
  return {
    end: () => journalEnd(store),
    follow: (after, signal, pool) => {
      const filter = { chainId: chain.chainId, ...(pool === null ? {} : { pool }) };
      return followJournal(store, after, signal, { filter, ...(bell && { bell }) });
    },
  };
}
