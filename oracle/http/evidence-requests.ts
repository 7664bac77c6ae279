import type { Context } from "hono";
import type { Hex } from "viem";
import { IntakeRefusal } from "../domain/evidence-refusal.ts";
import type { RoundId } from "../store/rounds.ts";
import type { Env } from "./env.ts";

/** What requests about evidence have in common. */

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const HASH = /^0x[0-9a-f]{64}$/;
const WHOLE = /^(?:0|[1-9][0-9]{0,9})$/;

/** The round a path names. @throws IntakeRefusal `unknown-pool`, `unknown-round` */
export function roundIn(context: Context<Env>, chainId: number): RoundId {
  const pool = context.req.param("pool") ?? "";
  const round = context.req.param("round") ?? "";
  if (!ADDRESS.test(pool)) throw new IntakeRefusal("unknown-pool", { field: "pool", value: pool, limit: "an address" });
  if (!WHOLE.test(round)) {
    throw new IntakeRefusal("unknown-round", { field: "round", value: round, limit: "a whole number from 0" });
  }
  return { chainId, pool: pool.toLowerCase() as Hex, round: Number(round) };
}

/** The leaf a path names. @throws IntakeRefusal `unknown-item` */
export function leafIn(context: Context<Env>): Hex {
  return hashIn(context, "leaf", "unknown-item");
}

/** A hash a path names. @throws IntakeRefusal of the reason given */
export function hashIn(context: Context<Env>, name: string, reason: "unknown-item" | "unknown-spec"): Hex {
  const text = context.req.param(name) ?? "";
  if (!HASH.test(text)) throw new IntakeRefusal(reason, { field: name, value: text, limit: "32 bytes in lower case" });
  return text as Hex;
}

/** The sequence a path names. @throws IntakeRefusal `bad-sequence` */
export function sequenceIn(context: Context<Env>): number {
  const text = context.req.param("sequence") ?? "";
  if (WHOLE.test(text)) return Number(text);
  throw new IntakeRefusal("bad-sequence", { field: "sequence", value: text, limit: "a whole number from 0" });
}

/** The media type a request declares, without its parameters. */
export function mediaTypeIn(context: Context<Env>): string {
  const header = context.req.header("content-type") ?? "";
  const end = header.indexOf(";");
  return (end === -1 ? header : header.slice(0, end)).trim().toLowerCase();
}

/** Who asks, as receipts name it; `null` for somebody who has not said. A key counts only for its own pool. */
export function viewerOf(context: Context<Env>, pool: Hex): string | null {
  const caller = context.get("caller");
  if (caller === null) return null;
  if (caller.kind === "account") return caller.address;
  if (caller.kind !== "sender" || caller.pool !== pool) return null;
  return caller.scopes.includes("evidence:read") ? `key:${caller.id}` : null;
}

/** Who sends a document or a link: an account. @throws IntakeRefusal */
export function accountOf(context: Context<Env>): Hex {
  const caller = context.get("caller");
  if (caller === null) throw signInNeeded();
  if (caller.kind === "account") return caller.address;
  throw new IntakeRefusal("not-entitled", {
    field: "authorization",
    limit: "an account that is signed in, not an API key",
  });
}

/** Who sends telemetry: an account, whose part in the pool the intake checks, or a key of the pool with the scope for it. @throws IntakeRefusal */
export function telemetrySource(context: Context<Env>, pool: Hex): string {
  const caller = context.get("caller");
  if (caller === null) throw signInNeeded();
  if (caller.kind === "account") return caller.address;
  const isOurs = caller.kind === "sender" && caller.pool === pool;
  if (isOurs && caller.scopes.includes("telemetry:write")) return `key:${caller.id}`;
  const limit = "an API key of this pool with the scope telemetry:write";
  throw new IntakeRefusal("not-entitled", { field: "authorization", limit });
}

function signInNeeded(): IntakeRefusal {
  return new IntakeRefusal("sign-in-needed", {
    field: "authorization",
    limit: "an account that is signed in, or an API key",
  });
}

/** For what never changes under its address. */
export const IMMUTABLE = "public, max-age=31536000, immutable";
/** For what only the caller may see, or may yet change. */
export const NOT_KEPT = "private, no-store";
