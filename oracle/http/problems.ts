import { z } from "@hono/zod-openapi";
import type { Context, TypedResponse } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { PROBLEM_URN, problem, type FieldError } from "./problem.ts";

/**
 * Every kind of problem of the public API's own routes, by the end of its URN, with its status and title. docs/api.md explains
 * each; a test holds the two together. Names never change their meaning; a kind that is no longer used keeps its name.
 */
export const PROBLEMS = {
  malformed: { status: 400, title: "the request is malformed" },
  invalid: { status: 400, title: "a part of the request is not as it must be" },
  "bad-credentials": { status: 401, title: "the credentials are not valid, or not any more" },
  "sign-in-needed": { status: 401, title: "this needs an account that is signed in" },
  "interview-link-needed": { status: 401, title: "this needs the link to an interview" },
  "sign-in-refused": { status: 401, title: "the sign-in is refused" },
  "account-needed": { status: 403, title: "this needs an account, not an API key" },
  "not-manager": { status: 403, title: "only the pool's manager may do this" },
  "not-party": { status: 403, title: "only the pool's arbiter and the nodes of its oracle may do this" },
  "not-provider": { status: 403, title: "only a provider on the pool's roster may do this" },
  "not-interviewer": { status: 403, title: "only those who run the interviews may do this" },
  "not-drawn": { status: 403, title: "only who was drawn is asked" },
  "other-interview": { status: 403, title: "the link is that of another interview" },
  "not-organiser": { status: 403, title: "only who asked for the values may do this" },
  "not-buyer": { status: 403, title: "only the buyers whose values they are may do this" },
  "other-pool": { status: 403, title: "the API key belongs to another pool" },
  "scope-missing": { status: 403, title: "the API key does not have the scope for this" },
  "not-found": { status: 404, title: "there is nothing here" },
  "method-not-allowed": { status: 405, title: "this address does not take the method" },
  "not-acceptable": { status: 406, title: "there is no answer of a type that would be accepted" },
  "too-many-keys": { status: 409, title: "the pool has as many API keys as it may have" },
  "no-interviews": { status: 409, title: "the pool has no interviews at this node" },
  "no-appeal": { status: 409, title: "the round cannot be challenged now, so nothing can be said against it" },
  "appealed-already": { status: 409, title: "the provider has said something else against this criterion already" },
  "no-roster": { status: 409, title: "the round has no roster yet" },
  "other-roster": { status: 409, title: "the round has another roster" },
  "seed-not-final": { status: 409, title: "the block that the draw hangs on is not final yet" },
  "no-sample": { status: 409, title: "nobody has been drawn yet" },
  "other-sample": { status: 409, title: "the round's sample was drawn with other numbers" },
  "interviews-ended": { status: 409, title: "the interviews are over" },
  "interview-refused": { status: 409, title: "the interview does not take this now" },
  "no-transcript": { status: 409, title: "nothing may be kept of the interview" },
  "too-many-values": { status: 409, title: "the account has as many values open as it may have" },
  "not-voting": { status: 409, title: "the values are not voted on now" },
  "not-closed": { status: 409, title: "the vote on the values is not closed yet" },
  "no-criteria": { status: 409, title: "there are no criteria to confirm yet" },
  "other-criteria": { status: 409, title: "the criteria are others than those that were read" },
  "too-large": { status: 413, title: "the body is too large" },
  "unsupported-type": { status: 415, title: "the body is of no type that is taken here" },
  refused: { status: 422, title: "the node will not act on this" },
  "too-many-requests": { status: 429, title: "there were too many requests" },
  "too-many-streams": { status: 429, title: "there are too many streams open" },
  internal: { status: 500, title: "the server failed" },
  "store-unavailable": { status: 503, title: "the store cannot be reached" },
  "intake-unavailable": { status: 503, title: "the pool's intake cannot be asked now" },
  "chain-unavailable": { status: 503, title: "the chain cannot be asked now" },
} as const satisfies Record<string, { readonly status: ContentfulStatusCode; readonly title: string }>;

export type ProblemName = keyof typeof PROBLEMS;
type StatusOf<Name extends ProblemName> = (typeof PROBLEMS)[Name]["status"];

export const fieldErrorSchema = z
  .object({ field: z.string(), value: z.string().optional(), limit: z.string() })
  .openapi("FieldError");

/** RFC 9457, with the members `errors` and `reason` as extensions. */
export const problemSchema = z
  .object({
    type: z.string().startsWith(PROBLEM_URN),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().optional(),
    errors: z.array(fieldErrorSchema).optional(),
    reason: z.string().optional(),
  })
  .openapi("Problem");
export type ProblemDocument = z.output<typeof problemSchema>;

/** What a problem says beyond its kind. */
export interface ProblemDetails {
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with a problem of a known kind, typed for handlers whose route declares its status. */
export function refuse<Name extends ProblemName>(
  context: Context,
  name: Name,
  details: ProblemDetails = {},
): Response & TypedResponse<ProblemDocument, StatusOf<Name>, "json"> {
  return problem(context, { type: name, ...PROBLEMS[name], ...details }) as Response &
    TypedResponse<ProblemDocument, StatusOf<Name>, "json">;
}

/** A refusal that a handler's helper cannot return: it is thrown, and answered like `refuse`. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly problem: ProblemName;
  readonly details: ProblemDetails;

  constructor(problem: ProblemName, details: ProblemDetails = {}) {
    super(PROBLEMS[problem].title);
    this.problem = problem;
    this.details = details;
  }
}

interface ProblemResponse {
  readonly description: string;
  readonly content: { readonly "application/problem+json": { readonly schema: typeof problemSchema } };
}

/** Every route may answer with these: they come from the frame around it. */
const ALWAYS = [400, 401, 406, 429, 500, 503] as const;

/**
 * Descriptions of a route's problems: those with these statuses, and those that any route may answer with.
 * Its type names only the former, as only they come from the handler itself.
 */
export function problemResponses<Status extends number = never>(
  ...statuses: readonly Status[]
): Record<Status, ProblemResponse> {
  const all = new Set<number>([...ALWAYS, ...statuses]);
  return Object.fromEntries([...all].map((status) => [status, described(status)])) as Record<Status, ProblemResponse>;
}

function described(status: number): ProblemResponse {
  const names = Object.entries(PROBLEMS).filter(([, kind]) => kind.status === status);
  const description = names.map(([name, { title }]) => `\`${name}\`: ${title}`).join("; ") || "A problem";
  return { description, content: { "application/problem+json": { schema: problemSchema } } };
}
