import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { StoreUnavailable } from "../ports.ts";

/** What every problem type's URN begins with. */
export const PROBLEM_URN = "urn:guerdon:problem:";

/** A part of a request that cannot be taken. */
export interface FieldError {
  /** Where it is: `path`, `query`, `header` or `body` and the property, between dots. */
  readonly field: string;
  /** What was found there, in JSON, shortened; absent where nothing was. */
  readonly value?: string;
  /** What is expected there, in words. */
  readonly limit: string;
}

/** Problem details of RFC 9457. */
export interface Problem {
  /** Stable name of the kind of problem. */
  readonly type: string;
  readonly title: string;
  readonly status: ContentfulStatusCode;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Stable name of what was refused within this kind of problem. */
  readonly reason?: string;
  /** Headers of the answer, besides its type. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with a problem document. */
export function problem(context: Context, { headers, status, ...parts }: Problem): Response {
  const { type, title, ...rest } = parts;
  const body = JSON.stringify({ type: PROBLEM_URN + type, title, status, ...rest });
  return context.body(body, status, { ...headers, "content-type": "application/problem+json" });
}

/** Told of errors that nobody foresaw. */
export type Log = (error: Error) => void;

/** Names of errors by which adapters say that the chain cannot be asked; they are not imported here. */
const CHAIN_ERRORS: ReadonlySet<string> = new Set(["EndpointsError"]);

/** After how many seconds a caller may try again where a store or the chain could not be reached. */
const RETRY_SECONDS = "5";

/** Turns an error into a problem. What is unexpected says nothing of its inside to the caller, and goes to `log`. */
export function onError(log: Log = () => undefined): (error: Error, context: Context) => Response {
  return (error, context) => {
    if (error instanceof HTTPException) return ofStatus(context, error);
    if (error instanceof StoreUnavailable) return tryAgain(context, "store-unavailable", "the store cannot be reached");
    if (CHAIN_ERRORS.has(error.name)) return tryAgain(context, "chain-unavailable", "the chain cannot be asked now");
    log(error);
    return problem(context, { type: "internal", title: "the server failed", status: 500 });
  };
}

/** The problem of a route that does not exist. */
export function onNotFound(context: Context): Response {
  return problem(context, { type: "not-found", title: "there is nothing here", status: 404, detail: context.req.path });
}

/** Errors of hono's own parts, which know a status and a message. */
function ofStatus(context: Context, { status, message }: HTTPException): Response {
  if (status === 400) return problem(context, { type: "malformed", title: "the request is malformed", status });
  if (status === 415) {
    return problem(context, { type: "unsupported-type", title: "the body is of no type that is taken here", status });
  }
  return problem(context, { type: "http", title: message, status });
}

function tryAgain(context: Context, type: string, title: string): Response {
  return problem(context, { type, title, status: 503, headers: { "retry-after": RETRY_SECONDS } });
}
