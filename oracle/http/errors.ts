import type { Context } from "hono";
import type { Env } from "./env.ts";
import { onError } from "./problem.ts";
import { refuse, Refused } from "./problems.ts";

/** Answers errors of the public API. What nobody foresaw is written to the request's log, and not to the caller. */
export function apiError(error: Error, context: Context<Env>): Response {
  if (error instanceof Refused) return refuse(context, error.problem, error.details);
  const tell = ({ name, message, stack }: Error): void => {
    context.get("log").error({ error: { name, message, stack } }, "a request failed");
  };
  return onError(tell)(error, context);
}
