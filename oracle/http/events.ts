import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Hex } from "viem";
import { EVENT_TYPES } from "../ops/events.ts";
import type { JournalEntry } from "../ops/journal.ts";
import { clientAddress, clientKey } from "./client-address.ts";
import type { Env } from "./env.ts";
import { poolParam } from "./forms.ts";
import { apiApp } from "./invalid.ts";
import type { Pools } from "./known-pools.ts";
import { problemResponses, refuse } from "./problems.ts";
import { HEARTBEAT, sseEvent, textStream } from "./sse.ts";

const EVENT_STREAM = "text/event-stream";

/** How often a stream says that it is alive, milliseconds. */
const HEARTBEAT_MS = 15_000;

/** The journal of what happened. */
export interface EventSource {
  /** Place of the newest event; 0 where there is none. */
  end(): Promise<number>;
  /** Events after a place as they come, of one pool or of all, until the signal aborts. */
  follow(after: number, signal: AbortSignal, pool: Hex | null): AsyncIterable<JournalEntry>;
}

export interface EventParts {
  readonly events: EventSource;
  readonly pools: Pools;
  readonly trustProxy: number;
  /** Aborts when the process stops: all streams end. */
  readonly stopping: AbortSignal;
  readonly heartbeatMs?: number;
  /** Most streams that are open at once, in all and from one address. */
  readonly streams?: { readonly total: number; readonly perClient: number };
}

const PLACE = /^(?:0|[1-9]\d{0,15})$/;
const place = z.string().regex(PLACE, "must be the place of an event: a whole number");

const query = z.object({
  after: place
    .transform(Number)
    .optional()
    .openapi({
      param: { name: "after", in: "query" },
      type: "integer",
      minimum: 0,
      description: "Events after this place, 0 for all; only new ones where neither this nor Last-Event-ID is given",
    }),
});
const headers = z.object({
  "last-event-id": place
    .transform(Number)
    .optional()
    .openapi({
      param: { name: "last-event-id", in: "header" },
      type: "integer",
      minimum: 0,
      description: "`id` of the last event seen; goes before `after`",
    }),
});

const eventData = z.string().openapi({
  description: `Events whose \`event\` is one of ${EVENT_TYPES.join(", ")}, \`data\` JSON, \`id\` a place`,
});
const stream = {
  description: "Events as they come, without end",
  content: { [EVENT_STREAM]: { schema: eventData } },
};

const allRoute = createRoute({
  method: "get",
  path: "/v1/events",
  tags: ["events"],
  summary: "What happens, as server-sent events",
  request: { query, headers },
  responses: { 200: stream, ...problemResponses(429) },
});

const poolRoute = createRoute({
  method: "get",
  path: "/v1/pools/{pool}/events",
  tags: ["events"],
  summary: "What happens with a pool, as server-sent events",
  request: { query, headers, params: z.object({ pool: poolParam }) },
  responses: { 200: stream, ...problemResponses(404, 429) },
});

/** The journal as streams of server-sent events, each resumable by the place of the last event that was seen. */
export function eventsApp(parts: EventParts) {
  const open = openStreams(parts.streams ?? { total: 1_000, perClient: 8 });
  return apiApp()
    .openapi(allRoute, async (c) => {
      const after = c.req.valid("header")["last-event-id"] ?? c.req.valid("query").after;
      return streamed(c, parts, open, null, after ?? (await parts.events.end()));
    })
    .openapi(poolRoute, async (c) => {
      const pool = await parts.pools.get(c.req.valid("param").pool);
      if (pool === null) return refuse(c, "not-found", { detail: "no such pool" });
      const after = c.req.valid("header")["last-event-id"] ?? c.req.valid("query").after;
      return streamed(c, parts, open, pool.pool, after ?? (await parts.events.end()));
    });
}

/** Neither caches nor proxies hold it back. */
const STREAM_HEADERS = {
  "content-type": EVENT_STREAM,
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

function streamed(context: Context<Env>, parts: EventParts, open: OpenStreams, pool: Hex | null, after: number) {
  const { events, trustProxy, stopping, heartbeatMs = HEARTBEAT_MS } = parts;
  // Nobody would read, and so nobody end, a stream that is opened for its headers alone.
  if (context.req.method === "HEAD") return context.body(null, 200, STREAM_HEADERS);
  const close = open(clientKey(clientAddress(context, trustProxy)));
  if (close === null) return refuse(context, "too-many-streams", { headers: { "retry-after": "60" } });
  const gone = new AbortController();
  const signal = AbortSignal.any([stopping, gone.signal]);
  const ended = (): void => {
    gone.abort();
    close();
  };
  const idle = { text: HEARTBEAT, everyMs: heartbeatMs };
  const body = textStream(texts(context, events.follow(after, signal, pool)), idle, ended);
  return context.body(body, 200, STREAM_HEADERS);
}

/** A comment at once, so that callers see the stream is open; then the events. A failing journal ends it: callers resume. */
async function* texts(context: Context<Env>, entries: AsyncIterable<JournalEntry>): AsyncGenerator<string> {
  yield HEARTBEAT;
  try {
    for await (const { place, event } of entries) {
      yield sseEvent({ id: String(place), event: event.type, data: JSON.stringify(event) });
    }
  } catch (error) {
    context.get("log").warn({ error: error instanceof Error ? error.name : "unknown" }, "a stream of events broke off");
  }
}

/** Opens a stream for a client and gives what closes it again; `null` where there are too many. */
type OpenStreams = (client: string) => (() => void) | null;

function openStreams({ total, perClient }: { readonly total: number; readonly perClient: number }): OpenStreams {
  const counts = new Map<string, number>();
  let all = 0;
  return (client) => {
    const own = counts.get(client) ?? 0;
    if (all >= total || own >= perClient) return null;
    counts.set(client, own + 1);
    all++;
    return () => {
      all--;
      const left = (counts.get(client) ?? 1) - 1;
      if (left === 0) counts.delete(client);
      else counts.set(client, left);
    };
  };
}
