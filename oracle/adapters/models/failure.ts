import { APIError } from "openai";
import type { ModelReason } from "../../ports/model.ts";
import { TooLarge } from "./guarded-fetch.ts";
import { DISPENSABLE, type Dispensable } from "./request.ts";
import { retryAfter } from "./retry.ts";

/** Why an attempt gave no answer. Holds nothing of what the endpoint said: that may quote the key. */
export interface Failure {
  readonly reason: ModelReason;
  /** As `ModelAttempt` has them. */
  readonly status: number | null;
  readonly error: string;
  /** Whether another attempt may fare better. */
  readonly again: boolean;
  /** Whether the endpoint may have worked for it, and count the tokens. */
  readonly mayCost: boolean;
  /** What the endpoint asks to wait, milliseconds. */
  readonly waitMs: number | null;
  /** What it does not take. */
  readonly parameter: Dispensable | null;
}

/** An answer that cannot be read: it broke off, or is none of the protocol's. */
export class UnreadableAnswer extends Error {
  override readonly name = "UnreadableAnswer";
}

type AnyApiError = APIError<number | undefined, Headers | undefined, object | undefined>;

/** @param now wall-clock time, milliseconds */
export function failureOf(error: unknown, stopped: "timeout" | "aborted" | null, now: number): Failure {
  if (stopped === "timeout") return { ...NOTHING, reason: "timeout", error: "timeout", again: true, mayCost: true };
  if (stopped === "aborted") return { ...NOTHING, error: "aborted", mayCost: true };
  if (error instanceof APIError) {
    const answered = error as AnyApiError;
    if (answered.status !== undefined) return ofStatus(answered, answered.status, now);
  }
  if (isUnreadable(error)) return { ...NOTHING, error: "body", again: true, mayCost: true };
  return { ...NOTHING, error: "connection", again: true, mayCost: !UNSENT.has(codeOf(error)) };
}

const NOTHING: Failure = {
  reason: "unavailable",
  status: null,
  error: "connection",
  again: false,
  mayCost: false,
  waitMs: null,
  parameter: null,
};

/** Codes of connections that never came about. */
const UNSENT: ReadonlySet<unknown> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

const PASSING: ReadonlySet<number> = new Set([408, 409, 425]);

function ofStatus(error: AnyApiError, status: number, now: number): Failure {
  const failed = { ...NOTHING, status, error: "status", waitMs: retryAfter(error.headers, now) };
  if (status === 401 || status === 403) return { ...failed, reason: "unauthorised" };
  if (status === 429) return { ...failed, reason: "rate-limited", again: error.code !== "insufficient_quota" };
  if (status >= 500 || PASSING.has(status)) return { ...failed, again: true };
  const said = JSON.stringify(error.error ?? null);
  if (status === 413 || TOO_LONG.test(said)) return { ...failed, reason: "too-long" };
  if (status === 400 && FILTERED.test(String(error.code))) return { ...failed, reason: "refused" };
  const parameter = status === 400 || status === 422 ? parameterOf(error.param, said) : null;
  return parameter === null ? failed : { ...failed, error: `parameter ${parameter}`, parameter };
}

const TOO_LONG = /context_length_exceeded|exceed_context_size|maximum context length|context (?:size|window|length)/i;
const FILTERED = /^(?:content_filter|content_policy_violation)$/;

/** The parameter that is at fault, where the endpoint says so or names one. */
function parameterOf(param: unknown, said: string): Dispensable | null {
  if (typeof param === "string" && param !== "") return DISPENSABLE.find((name) => name === param) ?? null;
  return DISPENSABLE.find((name) => new RegExp(`\\b${name}\\b`).test(said)) ?? null;
}

function isUnreadable(error: unknown): boolean {
  if (error instanceof UnreadableAnswer || error instanceof SyntaxError || error instanceof TooLarge) return true;
  // What breaks off in the middle of an answer reaches us as fetch's own error; an error within a stream has no status.
  if (error instanceof TypeError) return true;
  return error instanceof APIError && error.status === undefined && error.error !== undefined;
}

/** Code of the system's error underneath. */
function codeOf(error: unknown): unknown {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    if (typeof code === "string" && !(at instanceof APIError)) return code;
  }
  return undefined;
}
