import { evidenceApp } from "../http/evidence.ts";
import { publicApi } from "../http/api.ts";
import { healthApp } from "../http/health.ts";
import { interviewsApp } from "../http/interviews.ts";
import { judgementsApp } from "../http/judgements.ts";
import { pagedPools } from "../http/known-pools.ts";
import { opsApp } from "../http/ops.ts";
import { peersApp } from "../http/peers.ts";
import { providersApp } from "../http/providers.ts";
import { listen } from "../http/serve.ts";
import { valuesApp } from "../http/values.ts";
import type { NodeConfig } from "../config.ts";
import type { Bell } from "../ops/bell.ts";
import {
  blobCheck,
  chainCheck,
  clockCheck,
  createHealth,
  keyCheck,
  lagCheck,
  storeCheck,
  type Health,
} from "../ops/health.ts";
import { measureHealth, measureHttp } from "../ops/measure.ts";
import type { Intake } from "../roles/intake/intake.ts";
import type { Interviewer } from "../roles/interviewer/interviewer.ts";
import { privateRecords } from "../roles/assessor/judging/private.ts";
import { createAppeals } from "../roles/providers/appeals.ts";
import { createFeedback } from "../roles/providers/feedback.ts";
import { Refusal } from "../roles/refusal.ts";
import type { Seal } from "../roles/sealer.ts";
import type { KnownPools } from "../roles/watcher/pools.ts";
import type { NodeQueue } from "./queue.ts";
import type { RoundParts } from "./rounds.ts";
import type { Stack } from "./stack.ts";

/** What is served. */
export interface ServedParts extends RoundParts {
  readonly jobs: NodeQueue;
  readonly pools: KnownPools;
  readonly intake: Intake | null;
  readonly interviewer: Interviewer | null;
  readonly seal: Seal;
  readonly bell: Bell;
  /** Time of the last final block that was worked through, seconds; `null` before the first. */
  readonly watchedTime: () => number | null;
  readonly stopping: AbortSignal;
  readonly stack: Stack;
}

/** Most seconds the watcher may be behind the final block, and the clock apart from the newest block, before a check says so. */
const MOST_LAG = 600;
const MOST_SKEW = 60;

/**
 * Listens for everybody. Where the settings name no public address, it is the one listened on.
 * @returns the public address, without a slash at the end
 */
export async function serveApi(config: NodeConfig, parts: ServedParts, health: Health): Promise<string> {
  let app: Served = NOT_YET;
  const { host: hostname, port } = config.listen;
  const server = await listen({ fetch: (request, env) => app.fetch(request, env) }, { hostname, port });
  parts.stack.push("API", () => server.close(config.stopMs));
  const url = config.listen.publicUrl ?? `http://${hostname}:${server.port}`;
  app = nodeApi(config, parts, url).route("/", healthApp(health));
  return url;
}

/** Listens for the operator. @returns where, without a slash at the end */
export async function serveOperator(config: NodeConfig, parts: ServedParts, health: Health): Promise<string> {
  const { metrics, log, stack } = parts;
  const { queue, boards } = parts.jobs;
  const onFailure = (error: Error): void => log.error({ error }, "a request of the operator failed");
  const app = opsApp({ health, metrics, queue, boards, log: onFailure });
  const { host: hostname, port } = config.ops;
  const server = await listen(app, { hostname, port });
  stack.push("operator's pages", () => server.close(config.stopMs));
  return `http://${hostname}:${server.port}`;
}

interface Served {
  readonly fetch: (request: Request, env: object) => Response | Promise<Response>;
}

/** Until the API stands, which needs to know its own address. */
const NOT_YET: Served = { fetch: () => new Response(null, { status: 503, headers: { "retry-after": "1" } }) };

function nodeApi(config: NodeConfig, parts: ServedParts, publicUrl: string) {
  const { store, blobs, chain, clock, log, metrics, intake, interviewer, mailbox, seal, bell, stopping } = parts;
  const { corsOrigins, trustProxy } = config.listen;
  return publicApi({
    ...{ store, blobs, chain, clock, log, publicUrl, corsOrigins, trustProxy, stopping, bell },
    pools: pagedPools(parts.pools),
    node: { address: parts.signer.address, roles: config.roles, judges: config.models.judges },
    perMinute: config.intake.rateLimitPerMinute,
    onTiming: measureHttp(metrics),
    ...(intake && { evidence: evidenceApp({ intake, chainId: chain.chainId }) }),
    ...(interviewer && {
      interviews: { app: interviewsApp({ interviewer, chainId: chain.chainId }), links: interviewer },
      values: valuesApp(interviewer.values),
    }),
    ...(config.roles.includes("assessor") && {
      judgements: judgementsApp(privateRecords({ ...parts, chainId: chain.chainId, self: parts.signer.address })),
    }),
    providers: providersApp({
      chainId: chain.chainId,
      feedback: createFeedback(parts),
      appeals: createAppeals(parts),
    }),
    peers: peersApp({
      chainId: chain.chainId,
      take: (envelope) => mailbox.take(envelope).catch(counted),
      messages: (id) => mailbox.messages(id),
      seal,
    }),
  });

  function counted(error: unknown): never {
    if (error instanceof Refusal) metrics.count("guerdon_peer_messages_refused_total", { reason: error.reason });
    throw error;
  }
}

/** What a node needs to be ready. */
export function nodeHealth({ store, blobs, chain, clock, signer, metrics, watchedTime }: ServedParts): Health {
  const checks = [
    storeCheck(store),
    blobCheck(blobs),
    chainCheck(chain),
    lagCheck(chain, () => Promise.resolve(watchedTime()), MOST_LAG),
    clockCheck(chain, clock, MOST_SKEW),
    keyCheck(() => signer.sign(UNUSED)),
  ];
  return createHealth(checks, { told: measureHealth(metrics) });
}

/** A message of no worth: of no chain there is. */
const UNUSED = {
  domain: { name: "Guerdon readiness", version: "1", chainId: 0 },
  types: { Seal: [{ name: "filesHash", type: "bytes32" }] },
  primaryType: "Seal",
  message: { filesHash: `0x${"00".repeat(32)}` },
} as const;
