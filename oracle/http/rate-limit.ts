import type { MiddlewareHandler } from "hono";
import { rateLimiter, type Store as HitStore } from "hono-rate-limiter";
import type { Clock } from "../ports.ts";
import { clientAddress, clientKey } from "./client-address.ts";
import type { Env } from "./env.ts";
import { refuse } from "./problems.ts";

/** Length of the window in which requests are counted, milliseconds. */
export const WINDOW = 60_000;

/** Most callers that are counted at once; the ones counted longest ago give way. */
const MAX_COUNTED = 50_000;

/** How many requests are taken in a minute. */
export interface RateLimits {
  /** From one address that shows no valid credentials. */
  readonly perAddress: number;
  /** From one account, API key or interview. */
  readonly perCaller: number;
  /** Of sign-in, from one address: each may cost the chain's endpoints a question. */
  readonly signIn: number;
  /** Between nodes, from one address. */
  readonly peers: number;
}

/** One of so many of an address's requests may be for signing in. */
const PER_SIGN_IN = 30;

/** The setting is the limit of an address; who has proved who it is gets twice that, and peers ten times; sign-in a thirtieth. */
export function rateLimits(perMinute: number): RateLimits {
  const signIn = Math.ceil(perMinute / PER_SIGN_IN);
  return { perAddress: perMinute, perCaller: 2 * perMinute, signIn, peers: 10 * perMinute };
}

/**
 * Limits how often somebody asks. Counts are of this process alone: behind a balancer each process allows as much. So a limit
 * costs no write to a store that all requests share, and a store that is down lifts no limit.
 * @param limit requests in a window
 * @param counted whether a request counts at all
 */
export function limited(parts: {
  readonly name: string;
  readonly limit: number;
  readonly trustProxy: number;
  readonly clock: Clock;
  readonly counted: (path: string, signedIn: boolean) => boolean;
  readonly byAddress?: boolean;
}): MiddlewareHandler<Env> {
  const { name, limit, trustProxy, clock, counted, byAddress = false } = parts;
  return rateLimiter<Env>({
    windowMs: WINDOW,
    limit,
    standardHeaders: "draft-7",
    store: hitStore(clock),
    skip: (c) => !counted(c.req.path, c.get("caller") !== null),
    keyGenerator: (c) => {
      const caller = byAddress ? null : c.get("caller");
      if (caller?.kind === "account") return caller.address;
      if (caller?.kind === "participant") return caller.interview;
      return caller?.kind === "sender" ? caller.id : clientKey(clientAddress(c, trustProxy));
    },
    // Retry-After is on the answer already.
    handler: (c) => refuse(c, "too-many-requests", { detail: `${limit} a minute, counted as ${name}` }),
  });
}

interface Counted {
  hits: number;
  until: number;
}

/** Counts hits in fixed windows, in memory that has a bound. */
function hitStore(clock: Clock): HitStore<Env> {
  const counts = new Map<string, Counted>();
  const current = (key: string): Counted => {
    const found = counts.get(key);
    return found !== undefined && clock() < found.until ? found : { hits: 0, until: clock() + WINDOW };
  };
  /** Those whose window is over, and the ones hit longest ago where there are too many. */
  function forget(): void {
    for (const [key, { until }] of counts) {
      if (clock() < until && counts.size <= MAX_COUNTED) return;
      counts.delete(key);
    }
  }

  return {
    increment(key) {
      const count = current(key);
      count.hits++;
      counts.delete(key);
      counts.set(key, count);
      forget();
      // The limiter tells seconds by the wall clock, whatever the injected one says.
      return { totalHits: count.hits, resetTime: new Date(Date.now() + count.until - clock()) };
    },
    decrement(key) {
      const count = counts.get(key);
      if (count !== undefined) count.hits--;
    },
    resetKey: (key) => {
      counts.delete(key);
    },
  };
}
