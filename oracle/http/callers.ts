import type { Context, MiddlewareHandler } from "hono";
import type { Hex } from "viem";
import type { ApiKeys } from "../roles/access/keys.ts";
import type { SignIn } from "../roles/access/sign-in.ts";
import { readToken, type Claim } from "../roles/access/tokens.ts";
import type { Caller, Env, Scope } from "./env.ts";
import { refuse, Refused } from "./problems.ts";

/** How callers are told to show who they are. */
const CHALLENGE = { "www-authenticate": "Bearer" } as const;

/** What knows who holds a token. */
export interface Access {
  readonly signIn: SignIn;
  readonly keys: ApiKeys;
  /** Where there are interviews. */
  readonly interviews?: InterviewLinks | undefined;
}

/** What knows which secret is in the link to an interview. */
export interface InterviewLinks {
  holds(interview: string, hash: string): Promise<boolean>;
}

/**
 * Finds out who calls. Credentials that are shown and do not hold are refused even where none are needed, so that nobody takes
 * for private what everybody gets, but only after `between`: who guesses tokens meets the rate limits first.
 */
export function identified(access: Access, between: readonly MiddlewareHandler<Env>[]): MiddlewareHandler<Env>[] {
  const refused = new WeakSet<Context>();
  return [
    async (c, next) => {
      const header = c.req.header("authorization");
      c.set("caller", header === undefined ? null : await callerOf(access, bearer(header)));
      if (header !== undefined && c.get("caller") === null) refused.add(c);
      await next();
    },
    ...between,
    async (c, next) => {
      if (refused.has(c)) return refuse(c, "bad-credentials", { headers: CHALLENGE });
      await next();
      return undefined;
    },
  ];
}

/** What the request's bearer token claims, whether it holds or not. */
export function claimOf(context: Context<Env>): Claim | null {
  return bearer(context.req.header("authorization") ?? "");
}

/** The account that is signed in. @throws Refused where none is */
export function requireAccount(context: Context<Env>): Hex {
  const caller = context.get("caller");
  if (caller === null) throw new Refused("sign-in-needed", { headers: CHALLENGE });
  if (caller.kind !== "account") throw new Refused("account-needed");
  return caller.address;
}

/** Why a caller is refused what a key needs a scope for, or `null` for accounts and for keys that have it. */
export function scopeProblem(caller: Caller, pool: Hex, scope: Scope): "other-pool" | "scope-missing" | null {
  if (caller.kind === "account") return null;
  if (caller.kind === "participant" || caller.pool !== pool) return "other-pool";
  return caller.scopes.includes(scope) ? null : "scope-missing";
}

function bearer(header: string): Claim | null {
  const [, token] = /^Bearer ([\w-]+)$/i.exec(header) ?? [];
  return token === undefined ? null : readToken(token);
}

async function callerOf({ signIn, keys, interviews }: Access, claim: Claim | null): Promise<Caller | null> {
  if (claim === null) return null;
  if (claim.kind === "session") {
    const session = await signIn.session(claim.hash);
    return session === null ? null : { kind: "account", address: session.address };
  }
  if (claim.kind === "interview") {
    const holds = (await interviews?.holds(claim.id, claim.hash)) === true;
    return holds ? { kind: "participant", interview: claim.id } : null;
  }
  const key = await keys.verify(claim.id, claim.hash);
  return key === null ? null : { kind: "sender", id: key.id, pool: key.pool, scopes: key.scopes };
}
