import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** Problem details of RFC 9457. */
export interface Problem {
  /** Stable name of the kind of problem. */
  readonly type: string;
  readonly title: string;
  readonly status: ContentfulStatusCode;
  readonly detail?: string;
}

/** Answers with a problem document. */
export function problem(context: Context, { type, title, status, detail }: Problem): Response {
  const body = { type: `urn:guerdon:problem:${type}`, title, status, ...(detail === undefined ? {} : { detail }) };
  return context.body(JSON.stringify(body), status, { "content-type": "application/problem+json" });
}

/** Told of errors that nobody foresaw. */
export type Log = (error: Error) => void;

/** Turns an error into a problem. What is unexpected says nothing of its inside to the caller, and goes to `log`. */
export function onError(log: Log = () => undefined): (error: Error, context: Context) => Response {
  return (error, context) => {
    if (error instanceof HTTPException) {
      return problem(context, { type: "http", title: error.message, status: error.status });
    }
    log(error);
    return problem(context, { type: "internal", title: "the server failed", status: 500 });
  };
}

/** The problem of a route that does not exist. */
export function onNotFound(context: Context): Response {
  return problem(context, { type: "not-found", title: "there is nothing here", status: 404, detail: context.req.path });
}
