import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { requestId } from "hono/request-id";
import { matchedRoutes } from "hono/route";
import { secureHeaders } from "hono/secure-headers";
import type { Logger } from "../ports.ts";
import { preferred } from "./accept.ts";
import { clientAddress, coarseAddress } from "./client-address.ts";
import type { Env } from "./env.ts";
import { refuse } from "./problems.ts";
import { producedTypes } from "./route-table.ts";

/** Largest body of a route that takes JSON, bytes. */
export const MAX_JSON_BODY = 1024 * 1024;

/** Longest request id that is taken over from a caller, characters. */
const MAX_REQUEST_ID = 64;

/** How long a browser may keep the answer to a preflight, seconds. */
const PREFLIGHT_SECONDS = 600;

const HSTS = "max-age=31536000; includeSubDomains";

/** A request that has been answered. */
export interface Timing {
  readonly method: string;
  /** The route's pattern, never the address that was asked for; `none` where there is no such route. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}

export interface LogParts {
  readonly log: Logger;
  readonly trustProxy: number;
  readonly onTiming?: (timing: Timing) => void;
}

/** Gives each request an id (its own, where that is sane), a logger that writes it, and one line when it is answered. */
export function logged({ log, trustProxy, onTiming }: LogParts): MiddlewareHandler<Env>[] {
  return [
    requestId({ limitLength: MAX_REQUEST_ID }),
    async (c, next) => {
      const own = log.child({ requestId: c.get("requestId") });
      c.set("log", own);
      const from = performance.now();
      await next();
      const ms = Math.round((performance.now() - from) * 1_000) / 1_000;
      const timing = { method: c.req.method, route: routeOf(c), status: c.res.status, ms };
      onTiming?.(timing);
      own.info({ ...timing, client: coarseAddress(clientAddress(c, trustProxy)) }, "request");
    },
  ];
}

/**
 * Headers that keep browsers from doing anything with an answer but read it. A route that is shown as a page sets its own
 * policy, which then stands.
 */
export function guarded(publicUrl: string): MiddlewareHandler<Env> {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
    },
    strictTransportSecurity: new URL(publicUrl).protocol === "https:" ? HSTS : false,
    xFrameOptions: "DENY",
    overwrite: false,
  });
}

/** Lets pages of these origins read answers, without cookies: there are none. */
export function shared(origins: readonly string[]): MiddlewareHandler<Env> {
  return cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ["GET", "HEAD", "POST", "PUT", "DELETE"],
    allowHeaders: ["Authorization", "Content-Type", "If-None-Match", "Last-Event-ID", "X-Request-Id"],
    exposeHeaders: ["ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"],
    maxAge: PREFLIGHT_SECONDS,
  });
}

/** @param elsewhere whether a path has a limit of its own */
export function boundedBodies(elsewhere: (path: string) => boolean): MiddlewareHandler<Env> {
  const limit = bodyLimit({
    maxSize: MAX_JSON_BODY,
    onError: (c) => refuse(c, "too-large", { errors: [{ field: "body", limit: `at most ${MAX_JSON_BODY} bytes` }] }),
  });
  return (c, next) => (elsewhere(c.req.path) ? next() : limit(c, next));
}

/** Refuses what could only be answered in a type the caller does not accept, as far as routes declare their types. */
export function acceptable(app: OpenAPIHono<Env>): MiddlewareHandler<Env> {
  let types: ReturnType<typeof producedTypes> | undefined;
  return async (c, next) => {
    // Only now are all routes there.
    types ??= producedTypes(app.openAPIRegistry);
    const offered = types(c.req.method, c.req.path);
    if (offered !== null && offered.length > 0 && preferred(c.req.header("accept"), offered) === null) {
      return refuse(c, "not-acceptable", { errors: [{ field: "header.accept", limit: offered.join(", ") }] });
    }
    await next();
    return undefined;
  };
}

function routeOf(context: Context): string {
  const route = matchedRoutes(context).findLast(({ method }) => method !== "ALL");
  return route?.path ?? "none";
}
